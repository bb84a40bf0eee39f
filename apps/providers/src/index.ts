export { lockProblems, platforms, type Required } from './lock-file';
export { makeLock } from './make-lock';
