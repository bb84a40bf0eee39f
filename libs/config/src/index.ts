export { subnetCidrs, type SubnetCidrs, type SubnetPlan } from './addresses';
export { EnvironmentError, parseEnvironment } from './parse-environment';
export type { Environment, EnvironmentInput, Template } from './schema';
export { templates } from './templates';
