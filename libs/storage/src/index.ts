export * from './artifact-store';
export * from './server-bundle';
