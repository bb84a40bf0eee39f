import { z } from 'zod';
import { blockedPorts, logRetentionDays, monitoringIntervals, regions } from './aws';

const want = (what: string) => ({ error: `want ${what}` });
const wholeNumber = (least: number, most: number, unit = '') => {
  const range = `a whole number from ${least} to ${most}${unit && ` (${unit})`}`;
  return z.number(want(range)).int(want(range)).min(least, want(range)).max(most, want(range));
};
const matching = (pattern: RegExp, what: string) => z.string(want(what)).regex(pattern, want(what));
const flag = z.boolean(want('true or false'));
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, want(values.join(' or ')));
const oneNumberOf = <const T extends readonly number[]>(values: T, unit: string) =>
  z.literal(values, want(`one of ${values.join(', ')} (${unit})`));
const list = <T extends z.ZodType>(item: T, what: string) => z.array(item, want(`a list of ${what}`));

const ipv4Range = matching(
  /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/,
  'an IPv4 range such as 203.0.113.0/24, or 203.0.113.7/32 for one address; nothing here has an IPv6 address',
);
const ipv4Ranges = list(ipv4Range, 'IPv4 ranges');

/** Daily and weekly times as RDS writes them: `01:00-02:00`, `sun:03:00-sun:04:00`. */
const time = '([01]\\d|2[0-3]):[0-5]\\d';
const dayTime = `(mon|tue|wed|thu|fri|sat|sun):${time}`;
const daily = matching(new RegExp(`^${time}-${time}$`), 'a daily window in UTC such as 01:00-02:00');
const weekly = matching(new RegExp(`^${dayTime}-${dayTime}$`), 'a weekly window in UTC such as sun:03:00-sun:04:00');

const subnetIds = list(
  matching(/^subnet-[0-9a-f]{8,17}$/, 'a subnet id such as subnet-0123456789abcdef0'),
  'subnet ids',
);

const network = z.strictObject({
  /** IPv4 range of the VPC, /16 to /28. @default 10.20.0.0/16, in production 10.30.0.0/16 */
  cidr: ipv4Range,
  /** Availability Zones that subnets are made in; a database needs two even when it stands in one. @default 2 */
  availabilityZoneCount: wholeNumber(2, 3),
  /** Ranges of the public subnets, one per zone. @default - the first parts of `cidr` */
  publicSubnetCidrs: ipv4Ranges.optional(),
  /** Ranges of the private subnets, one per zone. @default - the first parts of the second half of `cidr` */
  privateSubnetCidrs: ipv4Ranges.optional(),
  /**
   * NAT gateways by which the private subnets reach the internet, or interface endpoints by which they reach AWS alone; both are billed
   * by the hour, the endpoints also by the zone. Servers behind endpoints need `server.wheelhouse`. @default none, in production single
   */
  nat: oneOf(['none', 'single', 'per-az', 'endpoints']),
  /** Record who talked to whom in CloudWatch. @default false, in production true */
  flowLogs: flag,
  /**
   * A VPC that is there already, in place of the keys above, which then do nothing: routes, S3 gateway endpoint and flow logs are its
   * owner's, and so are interface endpoints where there is no way to the internet. A plan tells what else it lacks. @default - a VPC of its own
   */
  existing: z
    .strictObject({
      /** Id of the VPC; DNS support and DNS host names must be on. */
      vpcId: matching(/^vpc-[0-9a-f]{8,17}$/, 'a VPC id such as vpc-0123456789abcdef0'),
      /** Subnets with a route to an internet gateway, one per zone, in two or more zones. */
      publicSubnetIds: subnetIds,
      /** Subnets for the database and the fleet, one per zone, in two or more zones; a fleet needs a way to the internet there. */
      privateSubnetIds: subnetIds,
    })
    .optional(),
});

const access = z.strictObject({
  /** IPv4 ranges that may reach the tracking URI. @default [], nobody: use the Session Manager port forward */
  trackingCidrs: ipv4Ranges,
  /** Who may reach SSH. Session Manager needs neither. */
  ssh: z.strictObject({
    /** IPv4 ranges. @default [] */
    cidrs: ipv4Ranges,
    /** EC2 Instance Connect, the "Connect" button of the console. @default false */
    instanceConnect: flag,
  }),
  /** OpenSSH public key to log in with: the content of a file such as id_ed25519.pub. @default - no key pair */
  sshPublicKey: z
    .string(want('an OpenSSH public key'))
    .trim()
    .regex(
      /^(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]+={0,2}( [^\r\n]*)?$/,
      want('an OpenSSH public key of type RSA or ED25519, the content of a file such as id_ed25519.pub'),
    )
    .optional(),
  /** MLflow's own users and passwords; without TLS in front they cross the network in clear. @default none, in production basic-auth */
  authentication: oneOf(['none', 'basic-auth']),
  /**
   * Said in so many words that `trackingCidrs` is the whole internet, or nearly: `with-password` beside basic-auth or loadBalancer.oidc,
   * `without-password` where everybody on the internet may read, change and delete everything. @default - it is refused
   */
  openToTheWorld: oneOf(['with-password', 'without-password']).optional(),
});

/** A port that browsers and Node's `fetch` open: they refuse those of old protocols, with ERR_UNSAFE_PORT. */
const browserPort = wholeNumber(1024, 65535).refine(
  (port) => !blockedPorts.includes(port),
  want('a port that browsers open, such as 5000: they refuse this one (WHATWG Fetch standard, "Port blocking")'),
);

const server = z.strictObject({
  /** EC2 instance type. @default t3.micro, in production t4g.small */
  instanceType: matching(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'an EC2 instance type such as t3.micro'),
  /**
   * What a type that earns CPU credits (T2, T3, T3a, T4g) does without them: `standard` is slow, and T3 starts without any; `unlimited` goes on,
   * and is billed for what a day uses beyond the baseline: 0.05 USD per vCPU and hour (T4g 0.04), for a t3.micro at most 2.16 USD a day.
   * Source: EC2 user guide, "Unlimited mode for burstable performance instances". @default unlimited
   */
  cpuCredits: oneOf(['standard', 'unlimited']),
  /** Servers that run at least. @default 1, in production 2 */
  minCount: wholeNumber(1, 20, 'servers'),
  /** Servers that run at most. @default 1, in production 4 */
  maxCount: wholeNumber(1, 20, 'servers'),
  /** Encrypted root volume in GiB. @default 8 */
  rootVolumeGiB: wholeNumber(8, 16384, 'GiB'),
  /** TCP port of the server. @default 5000 */
  port: browserPort,
  /**
   * How artifacts reach S3. `proxied`: the server passes them on, clients reach nothing but the server. `presigned`: clients exchange
   * uploads from 500 MB and every download with S3 itself, by URLs that the server signs; they need no AWS keys either, but must reach
   * S3. `direct`: clients go to S3 with AWS keys of their own and the rights of the output `artifact_client_policy`, past MLflow's
   * permissions. An experiment keeps the location it was made with: one made before a change to or from `direct` goes on as before.
   * @default proxied
   */
  artifactServing: oneOf(['proxied', 'presigned', 'direct']),
  /**
   * Folder in S3, of the same account and region, with the Python packages of the server's lock; docs/tracking-server.md says how to fill it.
   * @default - PyPI, which takes a way to the internet
   */
  wheelhouse: matching(
    /^s3:\/\/(?!\d+(\.\d+){3}\/)(?=[^/]{3,63}\/)[a-z0-9](-*[a-z0-9])*(\.[a-z0-9](-*[a-z0-9])*)*(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)+$/,
    'a folder in S3 such as s3://example-wheels/mlflow',
  ).optional(),
  /** Metrics of every server for Prometheus, on a port of their own, without a password. @default - none */
  prometheus: z
    .strictObject({
      /** Private IPv4 ranges that may collect them, such as the VPC's; no load balancer passes them on. */
      cidrs: ipv4Ranges,
      /** TCP port. @default 9464 */
      port: browserPort.default(9464),
    })
    .optional(),
  /** What one of the servers does once a day beside serving. @default - nothing */
  housekeeping: z
    .strictObject({
      /** Days after which deleted runs, models and experiments are gone for good, with their artifacts. @default - never */
      purgeDeletedAfterDays: wholeNumber(1, 3650, 'days').optional(),
      /** Days after which traces leave the database for the bucket, where they are read from more slowly. @default - never */
      archiveTracesAfterDays: wholeNumber(1, 3650, 'days').optional(),
      /** When it begins, UTC. @default 02:30 */
      at: matching(new RegExp(`^${time}$`), 'a time in UTC such as 02:30').default('02:30'),
    })
    .optional(),
  /** What the server takes on, where it should not follow from instance type and database class. @default - computed */
  sizing: z
    .strictObject({
      /** Processes that serve requests. */
      workers: wholeNumber(1, 64).optional(),
      /** Database connections that each pool of a worker keeps open. */
      poolSize: wholeNumber(1, 200).optional(),
      /** Connections that a pool may open beyond that for a while; MLflow ignores 0. */
      maxOverflow: wholeNumber(1, 200).optional(),
    })
    .optional(),
});

const httpsUrl = matching(
  /^https:\/\/[^\s/?#@"'{}$]+(\/[^\s"'{}$]*)?$/,
  'an address such as https://login.example.com/token',
);

const oidc = z.strictObject({
  /** As in the provider's /.well-known/openid-configuration, to the letter; so are the four that follow. */
  issuer: httpsUrl,
  authorizationEndpoint: httpsUrl,
  tokenEndpoint: httpsUrl,
  userInfoEndpoint: httpsUrl,
  /** Its keys must be RS256, at most ten, and all addresses must resolve on the internet. */
  jwksEndpoint: httpsUrl,
  /** Client of the load balancer; its redirect address is in the output `oidc_redirect_uri`. */
  clientId: matching(/^[^\s"'{}$]{1,255}$/, 'the id that the provider gave'),
  /**
   * Secrets Manager secret with the JSON `{"client_secret": "…"}`, named after the environment (`prod-…`), which the deploy role may read.
   * Another client secret is another secret here: CloudFormation looks at it when its ARN changes.
   */
  clientSecretArn: matching(
    /^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}$/,
    'the ARN of a secret such as arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod-oidc-AbCdEf',
  ),
  /** What an SDK's token must claim; without it a token that the issuer gave for anything else would do. */
  tokenClaim: z.strictObject({
    /** `aud` mostly; Amazon Cognito's access tokens have `client_id`. */
    name: matching(/^(?!(exp|iss|nbf|iat)$)[A-Za-z0-9_:./-]{1,128}$/, 'a claim other than exp, iss, nbf and iat'),
    /** How the token writes it. */
    format: oneOf(['single-string', 'string-array', 'space-separated-values']),
    /** What it must hold, at most ten. */
    values: list(matching(/^[^"'{}$]{1,256}$/, 'a value of at most 256 characters'), 'values')
      .min(1, want('one to ten values'))
      .max(10, want('one to ten values')),
  }),
});

const loadBalancer = z.strictObject({
  /** DNS name that clients use. */
  domainName: matching(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'a domain name in lower case such as mlflow.example.com',
  ),
  /** Route 53 zone to make a certificate and the name in; it must be delegated, or validation waits over an hour. */
  hostedZoneId: matching(/^Z[A-Z0-9]{1,31}$/, 'a Route 53 hosted zone id such as Z0123456789ABCDEFGHIJ').optional(),
  /** ACM certificate to use instead; the name is then yours to point at the load balancer. */
  certificateArn: matching(
    /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/,
    'the ARN of an ACM certificate such as arn:aws:acm:eu-central-1:123456789012:certificate/…',
  ).optional(),
  /**
   * Who can reach it at all: `internet-facing` has public addresses; `internal` has private ones, for those who are in the network or
   * come in by VPN, peering or Direct Connect. To change it makes another load balancer. @default internet-facing
   */
  scheme: oneOf(['internet-facing', 'internal']),
  /** Seconds until a silent connection is closed; MLflow clients wait 120. @default 300 */
  idleTimeoutSeconds: wholeNumber(121, 4000, "seconds, longer than an MLflow client's 120"),
  /**
   * Sign-on at the load balancer: browsers at an OpenID Connect provider, SDKs with a token of it (MLFLOW_TRACKING_TOKEN). Whoever is let
   * in may do anything, so it goes with `access.authentication: "none"`. @default - MLflow's own, see `access.authentication`
   */
  oidc: oidc.optional(),
  /** AWS WAF with AWS's common rules in front, billed by the month. @default false */
  waf: flag,
});

const database = z.strictObject({
  /** RDS instance identifier; the environment's name is put before it. @default mlflow-backend-db */
  identifier: matching(
    /^[a-z](?!.*--)([a-z0-9-]{0,61}[a-z0-9])?$/,
    'lower-case letters, digits and single hyphens, a letter first, no hyphen last',
  ),
  /** PostgreSQL database that RDS makes at the start. @default mlflow_db */
  name: matching(/^[a-z][a-z0-9_]{0,62}$/, 'lower-case letters, digits and underscores, a letter first, at most 63'),
  /** Master user, whom MLflow connects as. @default mlflow */
  username: matching(
    /^[a-z][a-z0-9_]{0,62}$/,
    'lower-case letters, digits and underscores, a letter first, at most 63',
  ),
  /** TCP port. @default 5432 */
  port: wholeNumber(1150, 65535),
  /** PostgreSQL version: major, or major.minor to hold one back. @default 17 */
  engineVersion: matching(/^[1-9]\d?(\.(0|[1-9]\d?))?$/, 'a PostgreSQL version in quotes such as "17" or "17.6"'),
  /** RDS instance class. @default db.t4g.micro (Graviton: more for less than db.t3.micro), in production db.t4g.medium */
  instanceClass: matching(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'an RDS instance class such as db.t4g.micro'),
  /** Storage in GiB. @default 20, in production 50 */
  allocatedStorageGiB: wholeNumber(20, 65536, 'GiB'),
  /** Limit in GiB up to which RDS grows the storage by itself. @default - it does not grow, in production 500 */
  maxAllocatedStorageGiB: wholeNumber(22, 65536, 'GiB').optional(),
  /** General purpose volume type. @default gp2, in production gp3 */
  storageType: oneOf(['gp2', 'gp3']),
  /** Keep a standby in another zone. @default false, in production true */
  multiAz: flag,
  /** Days that automated backups are kept; 0 turns them off. @default 1, in production 30 */
  backupRetentionDays: wholeNumber(0, 35, 'days'),
  /** Daily backup window, UTC. @default - RDS chooses, in production 01:00-02:00 */
  backupWindow: daily.optional(),
  /** Weekly maintenance window, UTC. @default - RDS chooses, in production sun:03:00-sun:04:00 */
  maintenanceWindow: weekly.optional(),
  /** Refuse to delete the instance, in RDS and in Terraform. @default false, in production true */
  deletionProtection: flag,
  /** Take a snapshot when the instance is deleted. @default false, in production true */
  finalSnapshot: flag,
  /** Keep seven days of what the database waited for (Database Insights, standard mode). @default false, in production true */
  performanceInsights: flag,
  /** Seconds between two points of the operating system's metrics; 0 turns them off. @default 0, in production 60 */
  enhancedMonitoringSeconds: oneNumberOf(monitoringIntervals, 'seconds'),
  /** PostgreSQL logs sent to CloudWatch. @default [], in production both */
  logExports: list(oneOf(['postgresql', 'upgrade']), 'postgresql and upgrade'),
  /** A second instance of the same class that MLflow reads from; what is read may be a moment old. @default false */
  readReplica: flag,
  /** Who replaces the password in Secrets Manager: RDS, or the servers, which a read replica needs. @default rds-managed */
  password: oneOf(['rds-managed', 'secrets-manager']),
  /** Days after which the servers replace the password that is in Secrets Manager. @default - 30 with secrets-manager */
  passwordRotationDays: wholeNumber(1, 1000, 'days').optional(),
  /** What MLflow logs in with: that password, or tokens of the servers' IAM role, for which it is needed once. @default password */
  authentication: oneOf(['password', 'iam']),
  /** Snapshot, by identifier or ARN, that the instance is made from; its database and user must be those above. @default - empty */
  restoreFromSnapshot: matching(
    /^(arn:aws:rds:[a-z0-9-]+:\d{12}:snapshot:)?(rds:)?[a-zA-Z](?!.*--)[a-zA-Z0-9-]{0,253}[a-zA-Z0-9]$/,
    'the identifier or ARN of an RDS snapshot',
  ).optional(),
});

const artifacts = z.strictObject({
  /** Beginning of the bucket's name; environment and a unique ending follow. @default mlflow-artifacts-remote */
  bucketPrefix: matching(
    /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    'lower-case letters, digits and hyphens, a letter or digit first and last (Amazon S3 user guide, "Bucket naming rules")',
  ),
  /** Encryption by S3's own keys or by a KMS key of the environment. @default s3, in production kms */
  encryption: oneOf(['s3', 'kms']),
  /** Log every access into a second bucket. @default false, in production true */
  accessLogs: flag,
  /** Days after which replaced or deleted versions of an artifact are really gone. @default 30, in production 90 */
  noncurrentVersionDays: wholeNumber(1, 3650, 'days'),
  /** Let `destroy` delete the bucket with the artifacts in it. @default true, in production false */
  forceDestroy: flag,
});

const dollars = 'US dollars per month, from 0.01 to 1000000';

const observability = z.strictObject({
  /** Who gets alarms and budget warnings; must confirm once by mail. @default - nobody, alarms are shown only */
  alarmEmail: matching(z.regexes.email, 'an e-mail address such as mlflow@example.com')
    .refine(
      (address) => !address.includes("'") && address.lastIndexOf('@') <= 64,
      want('an e-mail address of usual characters'),
    )
    .optional(),
  /** Spending per month, in US dollars, whose forecast raises a warning. @default - no budget */
  monthlyBudgetUsd: z
    .number(want(dollars))
    .min(0.01, { ...want(dollars), abort: true })
    .max(1_000_000, want(dollars))
    .refine((amount) => Number(amount.toFixed(2)) === amount, want('whole cents: two decimals at most'))
    .optional(),
  /** Where servers log to: the journal of each machine, or CloudWatch, where a log outlives its machine. @default journal, in production cloudwatch */
  serverLogs: oneOf(['journal', 'cloudwatch']),
  /** Days that logs are kept. @default 7, in production 90 */
  logRetentionDays: oneNumberOf(logRetentionDays, 'days'),
  /** One CloudWatch dashboard of server, database and artifacts; three per account are free. @default true */
  dashboard: flag,
});

/** Text, as they may outgrow what JavaScript counts exactly. */
const gitHubNumber = matching(/^[1-9]\d{0,19}$/, 'a number of GitHub in quotes such as "9919"');

const github = z.strictObject({
  /** Repository whose workflows plan and deploy the environment. */
  repository: matching(
    /^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}\/(?!\.{1,2}$)(?!.*\.git$)[A-Za-z0-9._-]{1,100}$/,
    'a GitHub repository as owner/name, such as example/mlflow; its numbers go into github.ownerId and github.repositoryId',
  ),
  /**
   * GitHub's number of the repository's owner, beside `repositoryId`: `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints both. Repositories
   * that were made or renamed since 15 July 2026 name both numbers in their tokens. @default - tokens with names alone are trusted
   */
  ownerId: gitHubNumber.optional(),
  /** GitHub's number of the repository, beside `ownerId`. @default - tokens with names alone are trusted */
  repositoryId: gitHubNumber.optional(),
  /** Whether bootstrap makes the account's OIDC provider for GitHub or uses the one that is there; an account has one. @default create */
  oidcProvider: oneOf(['create', 'existing']).optional(),
});

/** Names of the templates. */
export const templateNames = ['free-tier', 'production', 'staging'] as const;

/** The schema of an environment with every default filled in. An unknown key is an error. */
export const environmentSchema = z.strictObject({
  /** Defaults that the rest overrides key by key. */
  template: oneOf(templateNames),
  /** Name of the environment; part of the name of what AWS wants unique. */
  name: matching(
    /^[a-z](?!.*--)([a-z0-9-]{0,10}[a-z0-9])?$/,
    'lower-case letters, digits and single hyphens, a letter first, no hyphen last, at most 12',
  ),
  /** The AWS account it lives in, 12 digits; credentials of another are refused. */
  accountId: matching(/^\d{12}$/, 'an AWS account id, 12 digits in quotes'),
  /** AWS region. */
  region: z.enum(regions, want('a commercial AWS region such as eu-central-1')),
  /** Tags on every resource beside our own. @default {} */
  tags: z.record(z.string(), z.string(want('text')), want('tags as { Name: "value" }')),
  network,
  access,
  server,
  /** HTTPS in front of the servers; production and staging need it, the free tier has none. */
  loadBalancer: loadBalancer.optional(),
  database,
  artifacts,
  observability,
  /** It is about to be destroyed: nothing is protected any more, artifacts go too; the final snapshot is still taken. @default false */
  beingRemoved: flag.optional(),
  /** Plans and deploys from GitHub: bootstrap makes a role for each. @default - from a person's shell only */
  github: github.optional(),
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

/** What a template gives: everything but who and where, and of the load balancer what is the same for everybody. */
export type Template = Omit<Environment, Identity | 'loadBalancer'> & DeepPartial<Pick<Environment, 'loadBalancer'>>;

/** What a person writes: which template, where, and what is other than in the template. */
export type EnvironmentInput = Pick<Environment, Identity> & DeepPartial<Omit<Environment, Identity>>;
