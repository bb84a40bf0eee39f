export * from './grantee';
export * from './template';
