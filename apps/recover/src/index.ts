export { findLost, type Adoption } from './find-lost';
export { plannedCreations, type Planned } from './planned';
