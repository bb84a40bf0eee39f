/** What AWS accepts, as tables: each with the document it comes from. */

/**
 * Commercial regions with EC2, RDS for PostgreSQL and S3.
 * Source: AWS General Reference, "AWS service endpoints". A new one is added here.
 */
export const regions = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'mx-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ...['ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-7'],
  ...['af-south-1', 'il-central-1', 'me-central-1', 'me-south-1'],
] as const;

/**
 * PostgreSQL major versions under RDS standard support, with the end of it.
 * A version past its date is billed as RDS Extended Support, per vCPU and hour.
 * Source: Amazon RDS for PostgreSQL release notes, "Release calendars for Amazon RDS for PostgreSQL".
 */
export const postgresStandardSupport: Readonly<Record<string, string>> = {
  '14': '2027-02-28',
  '15': '2028-02-29',
  '16': '2029-02-28',
  '17': '2030-02-28',
  '18': '2031-02-28',
};

/**
 * Instance types that the free tier covers, before and since July 2025.
 * Accounts on the free plan refuse t2.micro ("not eligible for Free Tier").
 * Source: EC2 user guide, "Track your Free Tier usage for Amazon EC2".
 */
export const freeTierInstanceTypes = ['t3.micro', 't2.micro', 't3.small', 't4g.micro', 't4g.small'] as const;

/** RDS instance classes that the free tier covers. Source: AWS Free Tier page, "Amazon RDS". */
export const freeTierDatabaseClasses = ['db.t4g.micro', 'db.t3.micro'] as const;

/**
 * Names that RDS for PostgreSQL refuses for a database or a master user.
 * Source: Amazon RDS user guide, "Settings for DB instances".
 */
export const reservedDatabaseNames = [
  ...['postgres', 'template0', 'template1', 'rdsadmin', 'admin', 'rds_superuser', 'rds_replication', 'rdsrepladmin'],
  ...['all', 'user', 'table', 'select', 'default', 'public', 'primary', 'group', 'order', 'grant', 'end'],
] as const;
