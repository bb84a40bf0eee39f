export * from './accept-finding';
export * from './contracts';
export * from './environment-stack';
export * from './grant';
export * from './log-group';
export * from './naming';
export * from './policy-document';
export * from './state-bucket';
