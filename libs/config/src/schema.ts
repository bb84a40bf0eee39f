import { z } from 'zod';
import { regions } from './aws';

const want = (what: string) => ({ error: `want ${what}` });
const wholeNumber = (least: number, most: number, unit = '') => {
  const range = `a whole number from ${least} to ${most}${unit && ` (${unit})`}`;
  return z.number(want(range)).int(want(range)).min(least, want(range)).max(most, want(range));
};
const matching = (pattern: RegExp, what: string) => z.string(want(what)).regex(pattern, want(what));
const flag = z.boolean(want('true or false'));
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, want(values.join(' or ')));

const ipv4Range = matching(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, 'an IPv4 range such as 203.0.113.0/24');

/** Weekday and time as RDS writes them: `sun:03:00-sun:04:00`. */
const weekly = matching(
  /^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$/,
  'a weekly window in UTC such as sun:03:00-sun:04:00',
);
const daily = matching(
  /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
  'a daily window in UTC such as 01:00-02:00',
);

const network = z.strictObject({
  /** IPv4 range of the VPC, /16 to /24. */
  cidr: ipv4Range,
  /** Availability Zones that subnets are made in; a database needs two even when it stands in one. */
  availabilityZoneCount: wholeNumber(2, 3),
  /** Ranges of the public subnets, one per zone. Default: the first parts of `cidr`. */
  publicSubnetCidrs: z.array(ipv4Range, want('a list of IPv4 ranges')).optional(),
  /** Ranges of the private subnets, one per zone. Default: the first parts of the second half of `cidr`. */
  privateSubnetCidrs: z.array(ipv4Range, want('a list of IPv4 ranges')).optional(),
  /** NAT gateways for the private subnets. Each is billed by the hour. */
  nat: oneOf(['none', 'single', 'per-az']),
});

const access = z.strictObject({
  /** IPv4 ranges that may reach the tracking URI. Empty: nobody, use the Session Manager port forward. */
  trackingCidrs: z.array(ipv4Range, want('a list of IPv4 ranges')),
  ssh: z.strictObject({
    /** IPv4 ranges that may reach SSH. */
    cidrs: z.array(ipv4Range, want('a list of IPv4 ranges')),
    /** Let EC2 Instance Connect, the "Connect" button of the console, reach SSH. */
    instanceConnect: flag,
  }),
  /** OpenSSH public key to log in with. Default: no key pair, Session Manager needs none. */
  sshPublicKey: matching(
    /^(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]{64,}={0,3}( .*)?$/,
    'an OpenSSH public key of type RSA or ED25519 (the only ones EC2 takes), the content of a file such as id_ed25519.pub',
  ).optional(),
});

const server = z.strictObject({
  /** EC2 instance type. */
  instanceType: matching(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'an EC2 instance type such as t3.micro'),
  /** Encrypted root volume in GiB. */
  rootVolumeGiB: wholeNumber(8, 16384, 'GiB'),
  /** TCP port of the tracking URI. */
  port: wholeNumber(1024, 65535),
  /** Whether the server passes artifacts on (`proxied`, clients need no AWS keys) or clients go to S3 themselves (`direct`). */
  artifactServing: oneOf(['proxied', 'direct']),
});

const database = z.strictObject({
  /** RDS instance identifier; the environment's name is put before it. */
  identifier: matching(
    /^[a-z](?!.*--)[a-z0-9-]{0,48}[a-z0-9]$/,
    'letters, digits and single hyphens, a letter first, at most 50',
  ),
  /** PostgreSQL database that RDS makes at the start. */
  name: matching(/^[a-z_][a-z0-9_]{0,62}$/, 'lower-case letters, digits and underscores, no digit first, at most 63'),
  /** Master user, whom MLflow connects as. */
  username: matching(
    /^[a-z][a-z0-9_]{0,62}$/,
    'lower-case letters, digits and underscores, a letter first, at most 63',
  ),
  /** TCP port. */
  port: wholeNumber(1150, 65535),
  /** PostgreSQL version: major, or major.minor to hold one back. */
  engineVersion: matching(/^\d+(\.\d+)?$/, 'a PostgreSQL version such as "17" or "17.6"'),
  /** RDS instance class. */
  instanceClass: matching(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'an RDS instance class such as db.t4g.micro'),
  /** Storage in GiB. */
  allocatedStorageGiB: wholeNumber(20, 65536, 'GiB'),
  /** Limit in GiB up to which RDS grows the storage by itself. Default: it does not grow. */
  maxAllocatedStorageGiB: wholeNumber(22, 65536, 'GiB').optional(),
  /** General purpose volume type. */
  storageType: oneOf(['gp2', 'gp3']),
  /** Keep a standby in another zone. */
  multiAz: flag,
  /** Days that automated backups are kept; 0 turns them off. */
  backupRetentionDays: wholeNumber(0, 35, 'days'),
  /** Daily backup window, UTC. Default: RDS chooses. */
  backupWindow: daily.optional(),
  /** Weekly maintenance window, UTC. Default: RDS chooses. */
  maintenanceWindow: weekly.optional(),
  /** Refuse to delete the instance, in RDS and in Terraform. */
  deletionProtection: flag,
  /** Take a snapshot when the instance is deleted. */
  finalSnapshot: flag,
  /** Keep a history of what the database waited for. */
  performanceInsights: flag,
  /** Send the PostgreSQL log to CloudWatch. */
  logExport: flag,
});

const artifacts = z.strictObject({
  /** Beginning of the bucket's name; environment and a unique ending follow. */
  bucketPrefix: matching(
    /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]*[a-z0-9]$/,
    'lower-case letters, digits and hyphens, beginning and ending with a letter or digit',
  ),
  /** Days after which replaced or deleted versions of an artifact are really gone. */
  noncurrentVersionDays: wholeNumber(1, 3650, 'days'),
  /** Let `destroy` delete the bucket with the artifacts in it. */
  forceDestroy: flag,
});

/** Names of the templates. */
export const templateNames = ['free-tier', 'production'] as const;

/** The schema of an environment with every default filled in. An unknown key is an error. */
export const environmentSchema = z.strictObject({
  /** Defaults that the rest overrides key by key. */
  template: oneOf(templateNames),
  /** Name of the environment; part of the name of what AWS wants unique. */
  name: matching(
    /^[a-z](?!.*--)[a-z0-9-]{0,10}[a-z0-9]$/,
    'lower-case letters, digits and single hyphens, a letter first, 2 to 12',
  ),
  /** The AWS account it lives in; credentials of another are refused. */
  accountId: matching(/^\d{12}$/, 'an AWS account id, 12 digits in quotes'),
  /** AWS region. */
  region: z.enum(regions, want('a commercial AWS region such as eu-central-1')),
  /** Tags on every resource beside our own. */
  tags: z.record(z.string(), z.string(want('text')), want('tags as { Name: "value" }')),
  network,
  access,
  server,
  database,
  artifacts,
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;
type Identity = 'template' | 'name' | 'accountId' | 'region';

/** An environment with every default filled in. */
export type Environment = DeepReadonly<z.infer<typeof environmentSchema>>;

/** What a person writes: which template, where, and what is other than in the template. */
export type EnvironmentInput = Pick<Environment, Identity> & DeepPartial<Omit<Environment, Identity>>;
