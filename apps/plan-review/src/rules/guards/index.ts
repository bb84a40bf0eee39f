import { encryptionGuards } from './encryption';
import type { Guard } from './guard';
import { identityGuards } from './identity';
import { loggingGuards } from './logging';
import { lossGuards } from './loss';
import { publicGuards } from './public';
import { tlsGuards } from './tls';

export { type Guard, type Kind, sentence, weakened } from './guard';
export { clusterOpenings } from './public';
export { partOf, parts } from './parts';

/** Every attribute that guards something. */
export const guards: readonly Guard[] = [
  ...publicGuards,
  ...encryptionGuards,
  ...tlsGuards,
  ...lossGuards,
  ...identityGuards,
  ...loggingGuards,
];
