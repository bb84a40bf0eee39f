export * from './tracking-environment';
export * from './account-bootstrap';
