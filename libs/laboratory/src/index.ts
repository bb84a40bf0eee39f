export { keepTable, whereAndWhen } from './keep-table';
export { Laboratory, type ServerWish } from './laboratory';
export { Load, secondsToRecover, type Sent } from './load';
export { MemoryLimit, residentMebibytes } from './memory-limit';
export { Server, serverFiles } from './server';
export { Wire } from './wire';
