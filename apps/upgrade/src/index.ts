export { changesBetween, type Change } from './changes';
export { filesOf, moveLock, type Lock, type Moved } from './move-lock';
export { openPullRequest, type Proposal } from './pull-request';
export { assertWheels, serverPlatforms } from './wheels';
