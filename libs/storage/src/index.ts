export * from './artifact-store';
export * from './private-bucket';
export * from './server-bundle';
export * from './state-bucket';
