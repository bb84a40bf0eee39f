export * from './backend-store';
