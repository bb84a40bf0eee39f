export * from './estimate';
export { pricedRegions } from './prices';
export { type FreeTier, type Resource } from './rules';
