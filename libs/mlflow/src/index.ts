export * from './tracking-environment';
