import { isNameOfAws, isPublicName } from '../domains';
import { when, type Rule } from './rule';

const loadBalancerHasOneCertificate: Rule = ({ loadBalancer }) => {
  if (loadBalancer === undefined) return [];
  const { hostedZoneId, certificateArn } = loadBalancer;
  return [
    ...when(
      hostedZoneId === undefined && certificateArn === undefined,
      'loadBalancer.hostedZoneId',
      'a Route 53 hosted zone id to make a certificate in, or loadBalancer.certificateArn of one that is there',
      ['loadBalancer.certificateArn'],
    ),
    ...when(
      hostedZoneId !== undefined && certificateArn !== undefined,
      'loadBalancer.certificateArn',
      'no such key beside loadBalancer.hostedZoneId, which makes a certificate of its own',
      ['loadBalancer.hostedZoneId'],
    ),
  ];
};

const certificateIsAtHand: Rule = ({ loadBalancer, region, accountId }) => {
  const arn = loadBalancer?.certificateArn;
  if (arn === undefined) return [];
  const [, , , itsRegion, itsAccount] = arn.split(':');
  return when(
    itsRegion !== region || itsAccount !== accountId,
    'loadBalancer.certificateArn',
    `a certificate of region ${region} and account ${accountId} ` +
      '(Elastic Load Balancing user guide, "SSL certificates for your Application Load Balancer")',
    ['region', 'accountId'],
  );
};

/** MLflow's own passwords travel in the header that the tokens travel in. */
const oneSignOn: Rule = ({ access, loadBalancer }) =>
  when(
    loadBalancer?.oidc !== undefined && access.authentication !== 'none',
    'access.authentication',
    'none beside loadBalancer.oidc: browsers would sign in twice, and an SDK sends either a token or a password',
    ['loadBalancer.oidc'],
  );

const clientSecretIsAtHand: Rule = ({ loadBalancer, name, region, accountId }) => {
  const arn = loadBalancer?.oidc?.clientSecretArn;
  if (arn === undefined) return [];
  const [, , , itsRegion, itsAccount, , itsName = ''] = arn.split(':');
  return when(
    itsRegion !== region || itsAccount !== accountId || !['-', '/'].some((end) => itsName.startsWith(`${name}${end}`)),
    'loadBalancer.oidc.clientSecretArn',
    `a secret of region ${region} and account ${accountId} whose name begins with "${name}-" or "${name}/": ` +
      'the role that deploys reads no other',
    ['region', 'accountId', 'name'],
  );
};

const certificateTakesTheName: Rule = ({ loadBalancer }) =>
  when(
    loadBalancer?.certificateArn === undefined && (loadBalancer?.domainName.length ?? 0) > 64,
    'loadBalancer.domainName',
    'at most 64 characters (AWS Certificate Manager API reference, "RequestCertificate"), or a certificate in loadBalancer.certificateArn',
    ['loadBalancer.certificateArn'],
  );

const domainNameIsOnesOwn: Rule = ({ loadBalancer }) => {
  if (loadBalancer === undefined) return [];
  const { certificateArn, domainName: name } = loadBalancer;
  return [
    ...when(
      isNameOfAws(name),
      'loadBalancer.domainName',
      'a name in a domain of your own: AWS gives no certificate for its own (AWS Certificate Manager user guide, "Domain validation")',
    ),
    ...when(
      certificateArn === undefined && !isNameOfAws(name) && !isPublicName(name),
      'loadBalancer.domainName',
      'a name in a domain that can be had on the internet, such as mlflow.example.com: nobody certifies another ' +
        '(AWS Certificate Manager, failure reason INVALID_PUBLIC_DOMAIN); or loadBalancer.certificateArn of a certificate of your own',
      ['loadBalancer.certificateArn'],
    ),
  ];
};

/** The load balancer asks the internet's name servers, even for addresses that are private. */
const identityProviderCanBeFound: Rule = ({ loadBalancer }) =>
  (['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'userInfoEndpoint', 'jwksEndpoint'] as const).flatMap((key) => {
    const address = loadBalancer?.oidc?.[key];
    return when(
      address !== undefined && !isPublicName(hostOf(address)),
      `loadBalancer.oidc.${key}`,
      'an address in a domain that can be had on the internet ' +
        '(Elastic Load Balancing user guide, "Authenticate users using an Application Load Balancer")',
    );
  });

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : '';
}

const loadBalancerNameIsAccepted: Rule = ({ loadBalancer, name }) =>
  when(
    loadBalancer !== undefined && /^internal(-|$)/.test(name),
    'name',
    'a name that does not begin with "internal-" (Elastic Load Balancing API reference, "CreateLoadBalancer")',
  );

/** Rules about what stands in front of the servers. */
export const loadBalancerRules: readonly Rule[] = [
  loadBalancerHasOneCertificate,
  certificateIsAtHand,
  certificateTakesTheName,
  oneSignOn,
  clientSecretIsAtHand,
  domainNameIsOnesOwn,
  identityProviderCanBeFound,
  loadBalancerNameIsAccepted,
];
