import type { Address4 } from 'ip-address';
import { canonical, range, subnetCidrs } from './addresses';
import { freeTierDatabaseClasses, freeTierInstanceTypes, postgresStandardSupport, reservedDatabaseNames } from './aws';
import type { Environment } from './schema';

/** Something that is wrong: where, and what would be right. */
export interface Finding {
  /** Path of the key, such as `database.instanceClass`. */
  readonly path: string;
  /** What would be right, and the document that says so. */
  readonly want: string;
}

type Rule = (environment: Environment) => readonly Finding[];

const when = (wrong: boolean, path: string, want: string): readonly Finding[] => (wrong ? [{ path, want }] : []);

/** Every IPv4 range of an environment, by the path of its key. */
function rangesOf({ network, access }: Environment): readonly (readonly [string, string])[] {
  const list = (path: string, cidrs: readonly string[] = []) =>
    cidrs.map((cidr, index) => [`${path}[${index}]`, cidr] as const);
  return [
    ['network.cidr', network.cidr],
    ...list('network.publicSubnetCidrs', network.publicSubnetCidrs),
    ...list('network.privateSubnetCidrs', network.privateSubnetCidrs),
    ...list('access.trackingCidrs', access.trackingCidrs),
    ...list('access.ssh.cidrs', access.ssh.cidrs),
  ];
}

/** AWS rewrites a range with address bits behind the prefix, and every plan then shows a change. */
const rangesAreValid: Rule = (environment) =>
  rangesOf(environment).flatMap(([path, cidr]) => {
    const address = range(cidr);
    if (address === undefined) return [{ path, want: 'a valid IPv4 range' }];
    return when(canonical(address) !== cidr, path, `${canonical(address)}, the first address of the range`);
  });

/** Source: Amazon VPC user guide, "VPC CIDR blocks" and RFC 1918. */
const vpcIsPrivateAndLargeEnough: Rule = ({ network }) => {
  const vpc = range(network.cidr);
  if (vpc === undefined) return [];
  const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((cidr) => range(cidr) as Address4);
  return [
    ...when(
      vpc.subnetMask < 16 || vpc.subnetMask > 23,
      'network.cidr',
      'a prefix from /16 to /23, so that every subnet holds at least 16 addresses (Amazon VPC user guide, "VPC CIDR blocks")',
    ),
    ...when(
      !privateRanges.some((parent) => vpc.isInSubnet(parent)),
      'network.cidr',
      'a private range inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918)',
    ),
  ];
};

const subnetsFitTheVpc: Rule = (environment) => {
  const { network } = environment;
  const vpc = range(network.cidr);
  if (vpc === undefined || vpc.subnetMask > 23) return [];
  const subnets = subnetCidrs(environment);
  const all = [
    ...subnets.public.map((cidr, index) => ({
      path: `network.publicSubnetCidrs[${index}]`,
      cidr,
      subnet: range(cidr),
    })),
    ...subnets.private.map((cidr, index) => ({
      path: `network.privateSubnetCidrs[${index}]`,
      cidr,
      subnet: range(cidr),
    })),
  ];
  return [
    ...(['publicSubnetCidrs', 'privateSubnetCidrs'] as const).flatMap((key) =>
      when(
        network[key] !== undefined && network[key].length !== network.availabilityZoneCount,
        `network.${key}`,
        `one range per Availability Zone: ${network.availabilityZoneCount} (network.availabilityZoneCount)`,
      ),
    ),
    ...all.flatMap(({ path, subnet }, index) => {
      if (subnet === undefined) return [];
      const overlapped = all
        .slice(0, index)
        .find(({ subnet: other }) => other && (subnet.isInSubnet(other) || other.isInSubnet(subnet)));
      return [
        ...when(!subnet.isInSubnet(vpc), path, `a range inside the VPC, ${network.cidr}`),
        ...when(
          subnet.subnetMask > 28,
          path,
          'a prefix of /28 or shorter (Amazon VPC user guide, "Subnet CIDR blocks")',
        ),
        ...when(
          overlapped !== undefined,
          path,
          `a range that does not overlap ${overlapped?.path}, ${overlapped?.cidr}`,
        ),
      ];
    }),
  ];
};

const nobodyOpensSshToTheWorld: Rule = ({ access }) =>
  access.ssh.cidrs.flatMap((cidr, index) =>
    when(
      cidr.endsWith('/0'),
      `access.ssh.cidrs[${index}]`,
      'the ranges of those who log in, or none: Session Manager needs no open port (AWS Well-Architected, SEC05-BP02)',
    ),
  );

const databaseNamesAreNotReserved: Rule = ({ database }) =>
  (['name', 'username'] as const).flatMap((key) =>
    when(
      (reservedDatabaseNames as readonly string[]).includes(database[key]) || /^(pg_|rds)/.test(database[key]),
      `database.${key}`,
      'a name that PostgreSQL and RDS do not reserve (Amazon RDS user guide, "Settings for DB instances")',
    ),
  );

const engineVersionIsSupported: Rule = ({ database }) => {
  const [major = ''] = database.engineVersion.split('.');
  const supported = Object.entries(postgresStandardSupport).map(([version, end]) => `${version} (until ${end})`);
  return when(
    !(major in postgresStandardSupport),
    'database.engineVersion',
    `a version under standard support: ${supported.join(', ')} (Amazon RDS for PostgreSQL release calendars)`,
  );
};

/** Source: Amazon RDS user guide, "Managing capacity automatically with Amazon RDS storage autoscaling" and "gp3 storage". */
const storageIsAccepted: Rule = ({ database }) => {
  const least = Math.ceil((database.allocatedStorageGiB * 11) / 10);
  return when(
    database.maxAllocatedStorageGiB !== undefined && database.maxAllocatedStorageGiB < least,
    'database.maxAllocatedStorageGiB',
    `at least ${least}, a tenth above database.allocatedStorageGiB (Amazon RDS user guide, "storage autoscaling")`,
  );
};

/** Source: Amazon RDS user guide, "Backup window" and "Maintaining a DB instance". */
const windowsDoNotMeet: Rule = ({ database }) => {
  const { backupWindow, maintenanceWindow } = database;
  const findings: Finding[] = [];
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  const length = (from: number, to: number, day: number) => (to - from + day) % day;
  const backup = backupWindow?.split('-').map(minutes);
  if (backup) {
    const [from = 0, to = 0] = backup;
    if (length(from, to, 1440) < 30) findings.push({ path: 'database.backupWindow', want: 'at least 30 minutes' });
  }
  if (maintenanceWindow) {
    const [from = 0, to = 0] = maintenanceWindow.split('-').map((end) => minutes(end.slice(4)));
    if (length(from, to, 1440) < 30) findings.push({ path: 'database.maintenanceWindow', want: 'at least 30 minutes' });
    if (backup) {
      const [start = 0, end = 0] = backup;
      const inside = (time: number, first: number, last: number) =>
        length(first, time, 1440) < length(first, last, 1440);
      if (inside(start, from, to) || inside(from, start, end)) {
        findings.push({
          path: 'database.maintenanceWindow',
          want: `a time outside database.backupWindow, ${backupWindow}: RDS refuses windows that overlap`,
        });
      }
    }
  }
  return findings;
};

/** Terraform appends 26 characters to a bucket prefix, and S3 takes 63. Source: Amazon S3 user guide, "Bucket naming rules". */
const bucketNameFits: Rule = ({ artifacts, name }) =>
  when(
    `${artifacts.bucketPrefix}-${name}-`.length > 37,
    'artifacts.bucketPrefix',
    `at most ${35 - name.length} characters, so that environment and unique ending fit into the 63 of S3`,
  );

/** Source: Amazon RDS user guide, "Settings for DB instances": the identifier is at most 63 characters. */
const identifierFits: Rule = ({ database, name }) =>
  when(`${name}-${database.identifier}`.length > 63, 'database.identifier', `at most ${62 - name.length} characters`);

/** Source: AWS Tagging guide, "Tag naming limits and requirements". */
const tagsAreAccepted: Rule = ({ tags }) => [
  ...when(
    Object.keys(tags).length > 40,
    'tags',
    'at most 40 tags: AWS takes 50 with ours and those of single resources',
  ),
  ...Object.entries(tags).flatMap(([key, value]) => [
    ...when(
      /^aws:/i.test(key) || key.length > 128 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u.test(key),
      `tags.${key}`,
      'a tag name of at most 128 letters, digits, spaces and _.:/=+-@ that does not begin with "aws:"',
    ),
    ...when(
      value.length > 256 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value),
      `tags.${key}`,
      'a tag value of at most 256 letters, digits, spaces and _.:/=+-@',
    ),
  ]),
];

/** What accounts on the free plan refuse, and what is billed on the older free tier. */
const freeTierStaysFree: Rule = ({ server, database, network }) => [
  ...when(
    !(freeTierInstanceTypes as readonly string[]).includes(server.instanceType),
    'server.instanceType',
    `${freeTierInstanceTypes.join(', ')} on the free-tier template (EC2 user guide, "Free Tier usage")`,
  ),
  ...when(
    server.rootVolumeGiB > 30,
    'server.rootVolumeGiB',
    'at most 30 on the free-tier template (AWS Free Tier, "Amazon EBS")',
  ),
  ...when(
    !(freeTierDatabaseClasses as readonly string[]).includes(database.instanceClass),
    'database.instanceClass',
    `${freeTierDatabaseClasses.join(' or ')} on the free-tier template: RDS refuses others on free plan accounts (AWS Free Tier, "Amazon RDS")`,
  ),
  ...when(
    database.allocatedStorageGiB > 20,
    'database.allocatedStorageGiB',
    'at most 20 on the free-tier template (AWS Free Tier, "Amazon RDS")',
  ),
  ...when(
    database.storageType !== 'gp2',
    'database.storageType',
    'gp2 on the free-tier template, the type that the free tier names (AWS Free Tier, "Amazon RDS")',
  ),
  ...when(
    database.backupRetentionDays > 1,
    'database.backupRetentionDays',
    'at most 1 on the free-tier template: free plan accounts refuse more (RDS error FreeTierRestrictionError)',
  ),
  ...when(
    database.multiAz,
    'database.multiAz',
    'false on the free-tier template: a standby is billed (AWS Free Tier, "Amazon RDS")',
  ),
  ...when(network.nat !== 'none', 'network.nat', 'none on the free-tier template: a NAT gateway is billed by the hour'),
];

/** What a production environment must not be without. */
const productionSurvives: Rule = ({ access, artifacts, database, network }) => [
  ...when(
    !database.multiAz,
    'database.multiAz',
    'true on the production template: the loss of a zone must not stop it',
  ),
  ...when(
    database.backupRetentionDays < 7,
    'database.backupRetentionDays',
    'at least 7 on the production template (AWS Security Hub, control RDS.11)',
  ),
  ...when(
    !database.deletionProtection,
    'database.deletionProtection',
    'true on the production template (Security Hub, RDS.8)',
  ),
  ...when(!database.finalSnapshot, 'database.finalSnapshot', 'true on the production template'),
  ...when(
    artifacts.forceDestroy,
    'artifacts.forceDestroy',
    'false on the production template: artifacts outlive a destroy',
  ),
  ...when(
    network.nat === 'none',
    'network.nat',
    'single or per-az on the production template: its servers have no public address',
  ),
  ...access.trackingCidrs.flatMap((cidr, index) =>
    when(
      cidr.endsWith('/0'),
      `access.trackingCidrs[${index}]`,
      'the ranges of the team, not the whole internet, on the production template',
    ),
  ),
];

const everywhere: readonly Rule[] = [
  rangesAreValid,
  vpcIsPrivateAndLargeEnough,
  subnetsFitTheVpc,
  nobodyOpensSshToTheWorld,
  databaseNamesAreNotReserved,
  engineVersionIsSupported,
  storageIsAccepted,
  windowsDoNotMeet,
  bucketNameFits,
  identifierFits,
  tagsAreAccepted,
];

const byTemplate: Readonly<Record<Environment['template'], readonly Rule[]>> = {
  'free-tier': [freeTierStaysFree],
  production: [productionSurvives],
};

/** Everything that is wrong between the keys of an environment. */
export function findings(environment: Environment): readonly Finding[] {
  return [...everywhere, ...byTemplate[environment.template]].flatMap((rule) => rule(environment));
}
