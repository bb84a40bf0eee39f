import type { Environment } from '../schema';
import { accessRules } from './access';
import { databaseRules } from './database';
import { deliveryRules } from './delivery';
import { loadBalancerRules } from './load-balancer';
import { namingRules } from './naming';
import { networkRules } from './network';
import { observabilityRules } from './observability';
import type { Finding } from './rule';
import { serverRules } from './server';
import { sizingRules } from './sizing';
import { templateRules } from './templates';

export type { Finding } from './rule';
export { secretFindings } from './secrets';

const everywhere = [
  ...namingRules,
  ...networkRules,
  ...accessRules,
  ...serverRules,
  ...loadBalancerRules,
  ...databaseRules,
  ...sizingRules,
  ...observabilityRules,
  ...deliveryRules,
];

/**
 * Everything that is wrong between the keys of an environment.
 * @param template whose rules count; none when it is not known
 */
export function findings(environment: Environment, template?: Environment['template']): readonly Finding[] {
  const own = template === undefined ? [] : templateRules[template];
  return [...everywhere, ...own].flatMap((rule) => rule(environment));
}
