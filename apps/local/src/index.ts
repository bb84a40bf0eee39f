export { EmulatedAws, withoutProxy } from './emulated-aws';
export { asset, checkout } from './paths';
export { freePort } from './ports';
export { findPostgres, LocalPostgres, unprivilegedOwner } from './postgres';
export { logFile, startTime, waitUntil } from './processes';
export { pythonEnvironment } from './python';
export { scramVerifier } from './scram';
