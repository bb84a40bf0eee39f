export * from './admin-secret';
export * from './certificate';
export * from './load-balancer';
export * from './server-fleet';
export * from './server-instance';
export * from './server-role';
export * from './server-security-group';
export * from './web-firewall';
