export * from './comment';
export * from './exceptions';
export { GitHub, GitHubError, gitHubFrom } from './github';
export * from './review';
export { UserError } from './user-error';
