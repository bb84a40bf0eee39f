import { when, type Rule } from './rule';

/** A token names both numbers or none. */
const gitHubNumbersGoTogether: Rule = ({ github: { ownerId, repositoryId } = {} }) => {
  const missing = ownerId === undefined ? 'ownerId' : 'repositoryId';
  return when(
    (ownerId === undefined) !== (repositoryId === undefined),
    `github.${missing}`,
    'both github.ownerId and github.repositoryId, or neither (GitHub documentation, "OpenID Connect", "Immutable subject claims")',
  );
};

/** Rules about plans and deploys from GitHub. */
export const deliveryRules: readonly Rule[] = [gitHubNumbersGoTogether];
