export * from './server-instance';
export * from './server-role';
export * from './server-security-group';
