export * from './tracking-network';
