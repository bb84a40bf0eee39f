export * from './comment';
export * from './exceptions';
export * from './review';
