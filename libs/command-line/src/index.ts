export { action, type Action, type CommandProgram, type Program, type SingleProgram } from './program';
export { execute, runProgram, type Told } from './run';
export { maySecret, namesSecret, secretIn, withoutSecrets } from './secrets';
export { UserError } from './user-error';
export { nearest, oneOf, quote, unknownName } from './words';
