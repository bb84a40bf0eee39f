import type { Offer } from '../offers';
import type { Finding } from './rule';

/** A type or class that a region does not offer, told with those of its family that it does, or with the nearest. */
export function offeredIn(
  region: string,
  offer: Offer,
  path: string,
  name: string,
  {
    what,
    otherwise,
    source,
  }: { readonly what: string; readonly otherwise: readonly string[]; readonly source: string },
): readonly Finding[] {
  if (offer.isOffered(name, region)) return [];
  const siblings = offer.siblings(name, region);
  const right =
    siblings.length > 0
      ? siblings.join(', ')
      : `${what} in ${region}; the nearest is ${offer.nearest(name, region, otherwise)}`;
  return [{ path, want: `${right} (${source})`, against: ['region'] }];
}
