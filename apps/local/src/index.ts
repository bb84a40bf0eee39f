export { pythonEnvironment } from './python';
