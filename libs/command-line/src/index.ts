export { UserError } from './user-error';
