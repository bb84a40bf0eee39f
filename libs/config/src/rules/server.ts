import { range } from '../addresses';
import { serverTypes } from '../offers';
import { privateRanges } from './network';
import { offeredIn } from './offered';
import { when, type Rule } from './rule';

const instanceTypeIsOffered: Rule = ({ server: { instanceType }, region }) =>
  offeredIn(region, serverTypes, 'server.instanceType', instanceType, {
    what: 'a type that EC2 offers',
    otherwise: ['t4g.small', 't3.small'],
    source:
      `types from micro to 4xlarge that Amazon Linux 2023 starts on, on ${serverTypes.date}: ` +
      'MLflow does not fit a smaller one, and larger ones are outgrown by server.maxCount',
  });

/** The leanest MLflow server takes a quarter GiB beside the system. */
const memoryCarriesMlflow: Rule = ({ server: { instanceType } }) =>
  when(
    (serverTypes.sizeOf(instanceType)?.memoryGiB ?? 1) < 1,
    'server.instanceType',
    'a type with 1 GiB of memory or more, such as t3.micro',
  );

const fleetHasARange: Rule = ({ server }) =>
  when(
    server.maxCount < server.minCount,
    'server.maxCount',
    `at least ${server.minCount}, server.minCount (Amazon EC2 Auto Scaling user guide, "Set scaling limits")`,
    ['server.minCount'],
  );

/** dnf reaches Amazon Linux's repositories, which are in S3, by the gateway endpoint; pip reaches nothing. */
const packagesComeFromSomewhere: Rule = ({ network, server }) =>
  when(
    network.nat === 'endpoints' && network.existing === undefined && server.wheelhouse === undefined,
    'server.wheelhouse',
    'a folder in S3 with the Python packages of the server beside network.nat "endpoints": by them alone PyPI cannot be reached',
    ['network.nat'],
  );

/** Metrics ask nobody for a password. */
const metricsStayInside: Rule = ({ server: { port, prometheus } }) => [
  ...when(
    prometheus?.cidrs.length === 0,
    'server.prometheus.cidrs',
    'at least one range that may collect, or no server.prometheus',
  ),
  ...(prometheus?.cidrs ?? []).flatMap((cidr, index) => {
    const address = range(cidr);
    return when(
      address !== undefined && !privateRanges.some((parent) => address.isInSubnet(parent)),
      `server.prometheus.cidrs.${index}`,
      'a private range inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918)',
    );
  }),
  ...when(
    prometheus?.port === port,
    'server.prometheus.port',
    `another port than server.port, which is ${port} as well`,
    ['server.port'],
  ),
];

const housekeepingHasWork: Rule = ({ server: { housekeeping } }) =>
  when(
    housekeeping !== undefined &&
      housekeeping.purgeDeletedAfterDays === undefined &&
      housekeeping.archiveTracesAfterDays === undefined,
    'server.housekeeping',
    'purgeDeletedAfterDays or archiveTracesAfterDays in it, or no such key',
    ['server.housekeeping.purgeDeletedAfterDays', 'server.housekeeping.archiveTracesAfterDays'],
  );

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

const domainNameIsOnesOwn: Rule = ({ loadBalancer }) =>
  when(
    /(^|\.)(amazonaws\.com|elb\.amazonaws\.com|awsapps\.com|cloudfront\.net)$/.test(loadBalancer?.domainName ?? ''),
    'loadBalancer.domainName',
    'a name in a domain of your own: AWS gives no certificate for its own (AWS Certificate Manager user guide, "Domain validation")',
  );

const loadBalancerNameIsAccepted: Rule = ({ loadBalancer, name }) =>
  when(
    loadBalancer !== undefined && /^internal(-|$)/.test(name),
    'name',
    'a name that does not begin with "internal-" (Elastic Load Balancing API reference, "CreateLoadBalancer")',
  );

/** Rules about the servers and what stands in front of them. */
export const serverRules: readonly Rule[] = [
  instanceTypeIsOffered,
  memoryCarriesMlflow,
  fleetHasARange,
  packagesComeFromSomewhere,
  metricsStayInside,
  housekeepingHasWork,
  loadBalancerHasOneCertificate,
  certificateIsAtHand,
  certificateTakesTheName,
  oneSignOn,
  clientSecretIsAtHand,
  domainNameIsOnesOwn,
  loadBalancerNameIsAccepted,
];
