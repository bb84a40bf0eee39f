export { subnetCidrs, type SubnetCidrs, type SubnetPlan } from './addresses';
export { readEnvironments, type EnvironmentFile, type Environments, type WrongFile } from './environments';
export { EnvironmentError, parseEnvironment } from './parse-environment';
export { placeholders } from './placeholders';
export type { Environment, EnvironmentInput, Template } from './schema';
export {
  connectionsOf,
  databaseMemoryGiB,
  maxConnections,
  sizeServer,
  sizingOf,
  sizingText,
  type ServerSizing,
  type SizingInput,
} from './sizing';
export { templates } from './templates';
