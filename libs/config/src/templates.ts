import type { Environment, templateNames } from './schema';

type Template = Omit<Environment, 'template' | 'name' | 'accountId' | 'region'>;

/** The tutorial, done right, inside the free tier. */
const freeTier: Template = {
  tags: {},
  network: { cidr: '10.20.0.0/16', availabilityZoneCount: 2, nat: 'none' },
  access: { trackingCidrs: [], ssh: { cidrs: [], instanceConnect: false } },
  // t3.micro is free in accounts from before and since July 2025; t2.micro only in the former.
  server: { instanceType: 't3.micro', rootVolumeGiB: 8, port: 5000, artifactServing: 'proxied' },
  database: {
    identifier: 'mlflow-backend-db',
    name: 'mlflow_db',
    username: 'mlflow',
    port: 5432,
    engineVersion: '17',
    instanceClass: 'db.t4g.micro',
    allocatedStorageGiB: 20,
    storageType: 'gp2',
    multiAz: false,
    backupRetentionDays: 1,
    deletionProtection: false,
    finalSnapshot: false,
    performanceInsights: false,
    logExport: false,
  },
  artifacts: { bucketPrefix: 'mlflow-artifacts-remote', noncurrentVersionDays: 30, forceDestroy: true },
};

/** What survives the loss of a zone, a mistake and a year. */
const production: Template = {
  tags: {},
  network: { cidr: '10.30.0.0/16', availabilityZoneCount: 2, nat: 'single' },
  access: { trackingCidrs: [], ssh: { cidrs: [], instanceConnect: false } },
  server: { instanceType: 't4g.small', rootVolumeGiB: 8, port: 5000, artifactServing: 'proxied' },
  database: {
    identifier: 'mlflow-backend-db',
    name: 'mlflow_db',
    username: 'mlflow',
    port: 5432,
    engineVersion: '17',
    instanceClass: 'db.t4g.medium',
    allocatedStorageGiB: 50,
    maxAllocatedStorageGiB: 500,
    storageType: 'gp3',
    multiAz: true,
    backupRetentionDays: 30,
    backupWindow: '01:00-02:00',
    maintenanceWindow: 'sun:03:00-sun:04:00',
    deletionProtection: true,
    finalSnapshot: true,
    performanceInsights: true,
    logExport: true,
  },
  artifacts: { bucketPrefix: 'mlflow-artifacts-remote', noncurrentVersionDays: 90, forceDestroy: false },
};

/** The defaults of each template. */
export const templates: Readonly<Record<(typeof templateNames)[number], Template>> = {
  'free-tier': freeTier,
  production,
};
