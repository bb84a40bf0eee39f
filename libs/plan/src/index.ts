export * from './action';
export * from './plan';
export * from './read';
export * from './secrets';
