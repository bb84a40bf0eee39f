/** What AWS accepts, as tables: each with the document it comes from. */

/**
 * Commercial regions that offer EC2, RDS for PostgreSQL and S3.
 * GovCloud and China are left out: other partitions, other ARNs and endpoints. To use a new commercial region, add its name here.
 * Source: AWS General Reference, "Service endpoints and quotas", and the RDS instance classes offered per region (August 2026).
 */
export const regions = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'mx-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ...['ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6'],
  ...['ap-southeast-7', 'af-south-1', 'il-central-1', 'me-central-1', 'me-south-1'],
] as const;

/**
 * PostgreSQL major versions that RDS supports at the standard price, with the end of that support. Past its end a version is billed as
 * RDS Extended Support, per vCPU and hour. Minor versions are in data/postgres-versions.json.
 * Source: Amazon RDS for PostgreSQL release notes, "Release calendars".
 */
export const postgresVersions: Readonly<Record<string, { readonly supportEnds: string }>> = {
  '14': { supportEnds: '2027-02-28' },
  '15': { supportEnds: '2028-02-29' },
  '16': { supportEnds: '2029-02-28' },
  '17': { supportEnds: '2030-02-28' },
  '18': { supportEnds: '2031-02-28' },
};

/**
 * EC2 instance types inside the free tier, before and since July 2025. Accounts on the free plan (opened since) refuse t2.micro:
 * "The specified instance type is not eligible for Free Tier". t3.micro serves both.
 * Source: Amazon EC2 user guide, "Track your Free Tier usage for Amazon EC2".
 */
export const freeTierInstanceTypes = ['t3.micro', 't2.micro', 't3.small', 't4g.micro', 't4g.small'] as const;

/** RDS instance classes inside the free tier; free plan accounts refuse others. Source: AWS Free Tier, "Amazon RDS". */
export const freeTierDatabaseClasses = ['db.t4g.micro', 'db.t3.micro'] as const;

/**
 * Names that RDS or PostgreSQL refuses for a database or a master user: the engine's own, and SQL words that need quotes.
 * Source: Amazon RDS API reference, "CreateDBInstance"; PostgreSQL manual, appendix "SQL Key Words", reserved and function words.
 */
export const reservedDatabaseNames: ReadonlySet<string> = new Set(
  [
    'admin rdsadmin rdsrepladmin rdstopmgr rds_superuser rds_replication rds_password rds_iam template0 template1 none public',
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column',
    'concurrently constraint create cross current_catalog current_date current_role current_schema current_time',
    'current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full',
    'grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime',
    'localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right',
    'select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using',
    'variadic verbose when where window with',
  ].flatMap((line) => line.split(' ')),
);

/** Days that CloudWatch keeps a log group. Source: CloudWatch Logs API reference, "PutRetentionPolicy". */
export const logRetentionDays = [
  ...([
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
  ] as const),
] as const;

/** Seconds between two points of RDS Enhanced Monitoring; 0 turns it off. Source: Amazon RDS API reference, "CreateDBInstance". */
export const monitoringIntervals = [0, 1, 5, 10, 15, 30, 60] as const;

/** Ports from 1024 on that browsers refuse. Source: WHATWG Fetch standard, "Port blocking" (read in November 2026). */
export const blockedPorts: readonly number[] = [
  ...[
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
  ],
];

/** Tags that every environment gets by itself; the keys of IAM tags differ by more than case. */
export const ownTags = ['Project', 'Environment', 'ManagedBy', 'Name'] as const;
