export { subnetCidrs, type SubnetCidrs } from './addresses';
export { EnvironmentError, parseEnvironment } from './parse-environment';
export type { Environment, EnvironmentInput } from './schema';
export { templates } from './templates';
