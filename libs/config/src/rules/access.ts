import { range } from '../addresses';
import type { Environment } from '../schema';
import { specialRange } from '../special-addresses';
import { publicKeyProblem } from '../ssh-public-key';
import { when, type Finding, type Rule } from './rule';

/** Nobody owns more than a /8: a shorter prefix is the world, or half of it. */
export function isWorldOpen(cidr: string): boolean {
  const prefix = range(cidr)?.subnetMask;
  return prefix !== undefined && prefix < 8;
}

const nobodyOpensSshToTheWorld: Rule = ({ access }) =>
  access.ssh.cidrs.flatMap((cidr, index) =>
    when(
      isWorldOpen(cidr),
      `access.ssh.cidrs.${index}`,
      'the ranges of those who log in, at most a /8 each, or none: Session Manager needs no open port ' +
        '(AWS Security Hub, control EC2.13)',
    ),
  );

/** An open port is of no use to those who have nothing to log in with. */
const sshHasAWayIn: Rule = ({ access: { ssh, sshPublicKey }, loadBalancer }) =>
  when(
    ssh.cidrs.length > 0 && !ssh.instanceConnect && sshPublicKey === undefined,
    'access.ssh.cidrs',
    `${loadBalancer ? 'access.sshPublicKey' : 'access.sshPublicKey or access.ssh.instanceConnect'} beside it, or no ranges: ` +
      'otherwise nobody logs in by the port that is open',
    ['access.sshPublicKey', 'access.ssh.instanceConnect', 'loadBalancer'],
  );

/** EC2 Instance Connect comes from AWS's public addresses. Source: EC2 user guide, "Connect using EC2 Instance Connect", prerequisites. */
const instanceConnectReachesTheServer: Rule = ({ access, loadBalancer }) =>
  when(
    access.ssh.instanceConnect && loadBalancer !== undefined,
    'access.ssh.instanceConnect',
    'false beside a load balancer: it cannot reach servers in private subnets, and Session Manager gives a shell there without a port',
    ['loadBalancer'],
  );

/** MLflow lets whoever reaches it read, change and delete everything. */
const theWorldIsLetInOnPurpose: Rule = ({ access, loadBalancer, template }) => {
  const worldOpen = loadBalancer?.scheme === 'internal' ? [] : access.trackingCidrs.filter(isWorldOpen);
  const said = access.openToTheWorld;
  const path = (cidr: string) => `access.trackingCidrs.${access.trackingCidrs.indexOf(cidr)}`;
  const against = [
    'access.authentication',
    'access.openToTheWorld',
    'loadBalancer',
    'loadBalancer.scheme',
    'loadBalancer.oidc',
  ];
  if (worldOpen.length === 0) {
    const want = 'no such key: nothing in access.trackingCidrs is wide open to the internet';
    return when(said !== undefined, 'access.openToTheWorld', want, ['access.trackingCidrs', 'loadBalancer.scheme']);
  }
  if (access.authentication !== 'none' || loadBalancer?.oidc !== undefined) {
    const isRight = said === 'with-password' || (said === undefined && template === 'free-tier');
    const want =
      'the ranges of the team, at most a /8 each: not the whole internet, or access.openToTheWorld "with-password"';
    return worldOpen.flatMap((cidr) => when(!isRight, path(cidr), want, against));
  }
  const password = loadBalancer ? '' : ', or access.authentication "basic-auth"';
  const want =
    `the ranges of the team, at most a /8 each${password}: nobody is asked for a password, and everybody on the internet could read, ` +
    'change and delete everything. Whoever wants that says access.openToTheWorld "without-password"';
  return worldOpen.flatMap((cidr) => when(said !== 'without-password', path(cidr), want, against));
};

/** What is reached, and by which addresses. A fleet stands in private subnets; a server of its own has a public address too. */
function reached({ loadBalancer, network }: Environment) {
  const publicly = loadBalancer?.scheme !== 'internal';
  return {
    tracking: {
      what: loadBalancer ? `the ${loadBalancer.scheme} load balancer` : 'the server’s public address',
      publicly,
      // Beside others in a network that is there, a server is also reached by its private address.
      privately: !publicly || (loadBalancer === undefined && network.existing !== undefined),
      otherwise: loadBalancer && publicly ? ', or loadBalancer.scheme internal' : '',
    },
    ssh: {
      what: loadBalancer ? 'servers in private subnets' : 'the server’s public address',
      publicly: loadBalancer === undefined,
      privately: loadBalancer !== undefined || network.existing !== undefined,
      otherwise: '',
    },
  };
}

/** A rule for addresses that no client has lets nobody in, and says nothing. Ranges for documentation are placeholders. */
const rangesReachWhatTheyOpen: Rule = (environment) => {
  const { access } = environment;
  const { tracking, ssh } = reached(environment);
  const listed = [
    ...access.trackingCidrs.map((cidr, index) => ({ cidr, path: `access.trackingCidrs.${index}`, target: tracking })),
    ...access.ssh.cidrs.map((cidr, index) => ({ cidr, path: `access.ssh.cidrs.${index}`, target: ssh })),
  ];
  return listed.flatMap(({ cidr, path, target }): readonly Finding[] => {
    if (isWorldOpen(cidr)) return [];
    const special = specialRange(cidr);
    const { what, publicly, privately, otherwise } = target;
    const own = publicly ? 'the public addresses of those who come' : 'a private range such as that of the VPN';
    const against = ['loadBalancer', 'loadBalancer.scheme', 'network.existing'];
    const reason = special
      ? `no client of ${what} has an address that is ${special.name}`
      : `${what} has no public address, and no client comes to it from one`;
    const fits = special?.for === 'private' ? privately : special?.for === 'nobody' ? false : publicly;
    return when(!fits, path, `${own}${otherwise}: ${reason}`, against);
  });
};

/** EC2 refuses a security group rule that is there already. */
const rangesAreNamedOnce: Rule = ({ access, server }) =>
  [
    ['access.trackingCidrs', access.trackingCidrs] as const,
    ['access.ssh.cidrs', access.ssh.cidrs] as const,
    ['server.prometheus.cidrs', server.prometheus?.cidrs ?? []] as const,
  ].flatMap(([path, cidrs]) =>
    cidrs.flatMap((cidr, index) =>
      when(cidrs.indexOf(cidr) < index, `${path}.${index}`, 'every range once (EC2 error InvalidPermission.Duplicate)'),
    ),
  );

const rulesFitTheSecurityGroup: Rule = ({ access, server }) => {
  // The prefix list of EC2 Instance Connect counts by its weight, a few rules.
  const taken = access.ssh.cidrs.length + (server.prometheus?.cidrs.length ?? 0);
  const most = 60 - taken - (access.ssh.instanceConnect ? 10 : 0);
  return when(
    access.trackingCidrs.length > most,
    'access.trackingCidrs',
    `at most ${most} ranges: a security group takes 60 rules (Amazon VPC user guide, "Amazon VPC quotas")`,
    ['access.ssh.cidrs', 'access.ssh.instanceConnect', 'server.prometheus.cidrs'],
  );
};

const sshPublicKeyIsWhole: Rule = ({ access: { sshPublicKey } }) => {
  const problem = sshPublicKey === undefined ? undefined : publicKeyProblem(sshPublicKey);
  return problem === undefined
    ? []
    : [{ path: 'access.sshPublicKey', want: `${problem} (Amazon EC2 user guide, "Amazon EC2 key pairs")` }];
};

/** Rules about who gets in. */
export const accessRules: readonly Rule[] = [
  nobodyOpensSshToTheWorld,
  sshHasAWayIn,
  instanceConnectReachesTheServer,
  theWorldIsLetInOnPurpose,
  rangesReachWhatTheyOpen,
  rangesAreNamedOnce,
  rulesFitTheSecurityGroup,
  sshPublicKeyIsWhole,
];
