export { GitHub, GitHubError, gitHubFrom, type Post } from './github';
export { FakeGitHub } from './testing/fake-github';
export { Runner, workflow, workflowNames, workflowText, type Job, type JobRun } from './testing/workflow';
