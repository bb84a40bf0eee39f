export * from './tracking-environment';
export * from './account-bootstrap';
export type { GitHubRepository } from './github-subjects';
