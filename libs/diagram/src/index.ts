export * from './architecture';
export { draw } from './drawing';
