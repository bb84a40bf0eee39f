import { wanted } from './conditions';
import { Matcher, TooLong } from './match';
import { type Names, said, type Statement, takesIn } from './statements';

/** An identity provider whose tokens anybody gets: without a condition on the subject it vouches for the whole world. */
interface Shared {
  readonly host: RegExp;
  /** What its tokens stand for. */
  readonly who: string;
  /** Claims that name whom the token is for. */
  readonly claims: RegExp;
  /** Whether a value of such a claim names one customer of the provider. */
  readonly names: (value: string) => boolean;
}

/** A value without a wildcard, or one whose first two parts have none: `repo:ORG/…`, `project_path:GROUP/…`. */
const namesOwner = (value: string): boolean => {
  const literal = value.split(/[*?]/)[0] ?? '';
  return literal === value ? value !== '' : /^[^:]+:[^:/@]+[:/@]/.test(literal);
};
/** Part one alone names the customer: `org/ORG/…`, `system:serviceaccount:NAMESPACE:…` and other fixed beginnings. */
const begins =
  (beginning: RegExp) =>
  (value: string): boolean =>
    beginning.test(value);

const shared: readonly Shared[] = [
  {
    host: /^token\.actions\.githubusercontent\.com$/,
    who: 'every GitHub repository',
    claims:
      /:(sub|repository|repository_id|repository_owner|repository_owner_id|job_workflow_ref|enterprise|enterprise_id)$/,
    names: namesOwner,
  },
  {
    host: /^gitlab\.com$/,
    who: 'every project of GitLab',
    claims: /:(sub|project_path|project_id|namespace_path|namespace_id)$/,
    names: namesOwner,
  },
  {
    host: /^app\.terraform\.io$/,
    who: 'every workspace of HCP Terraform',
    claims: /:(sub|terraform_organization_id|terraform_organization_name)$/,
    names: namesOwner,
  },
  {
    host: /^agent\.buildkite\.com$/,
    who: 'every pipeline of Buildkite',
    claims: /:(sub|organization_id|organization_slug)$/,
    names: namesOwner,
  },
  {
    host: /^(accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com|appleid\.apple\.com)$/,
    who: 'every user of the provider',
    claims: /:(sub|aud|azp|oaud|app_id|user_id|email|hd)$/,
    names: (value) => !/[*?]/.test(value) && value !== '',
  },
  {
    host: /^cognito-identity\.amazonaws\.com$/,
    who: 'every identity pool of Cognito',
    claims: /:(sub|aud)$/,
    names: (value) => !/[*?]/.test(value) && value !== '',
  },
];

/** A provider that belongs to one customer: without a condition on the subject it vouches for all of it. */
const own: readonly Shared[] = [
  {
    host: /^oidc[.-]eks\./,
    who: 'every pod of the cluster',
    claims: /:sub$/,
    names: begins(/^system:serviceaccount:[^:*?]+:./),
  },
  {
    host: /^api\.bitbucket\.org\//,
    who: 'every repository of the Bitbucket workspace',
    claims: /:(sub|repositoryuuid|workspaceuuid)$/i,
    names: begins(/^[^*?]+/),
  },
  {
    // CircleCI and GitHub Enterprise have a host for each customer.
    host: /.*/,
    who: 'everybody for whom the provider makes a token',
    claims: /:(?!aud$)\w+$/,
    names: begins(/^[^*?]+/),
  },
];

/** Providers with whom a trust in them lets in, for the table of rules. */
export const providers: readonly { readonly host: string; readonly who: string; readonly world: boolean }[] = [
  ...shared.map(({ host, who }) => ({ host: plain(host), who, world: true })),
  ...own.map(({ host, who }) => ({ host: plain(host), who, world: false })),
];

function plain(host: RegExp): string {
  const text = host.source.replace(/[\^$()\\]/g, '').replaceAll('|', ', ');
  return text === '.*' ? 'any other' : text;
}

/** Who a trust in an OIDC provider lets in besides those it should, as sentences. */
export interface Trusted {
  /** Whether everybody in the world can get a token. */
  readonly world: boolean;
  readonly text: string;
}

const webIdentity: Names = { allBut: false, names: ['sts:AssumeRoleWithWebIdentity'] };

/** Whether actions take in that of web identities; what cannot be compared may. */
function isAssumed(actions: Names): boolean {
  try {
    return takesIn(new Matcher(), actions, webIdentity);
  } catch (error) {
    if (error instanceof TooLong) return true;
    throw error;
  }
}

/** Where a policy lets in whoever an OIDC provider makes a token for. */
export function trustedProviders(statements: readonly Statement[]): Trusted[] {
  return statements.map(said).flatMap(({ allows, principals, tests, actions }) => {
    if (!allows || !isAssumed(actions)) return [];
    const hosts = principals.names.flatMap((name) => hostOf(name) ?? []);
    return [...new Set(hosts)].flatMap((host) => {
      const world = shared.some((provider) => provider.host.test(host));
      const provider = [...shared, ...own].find((candidate) => candidate.host.test(host));
      if (provider === undefined) return [];
      const values = wanted(tests, provider.claims);
      if (values.some((some) => some.length > 0 && some.every(provider.names))) return [];
      const why = values.length === 0 ? 'no condition says whose token' : `${values.flat().join(', ')} names nobody`;
      return [{ world, text: `${provider.who} may assume the role (${host}: ${why})` }];
    });
  });
}

function hostOf(principal: string): string | undefined {
  const [, provider] = principal.split(':oidc-provider/');
  if (provider !== undefined) return provider.toLowerCase();
  return /^(cognito-identity\.amazonaws\.com|accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com)$/.test(
    principal,
  )
    ? principal
    : undefined;
}
