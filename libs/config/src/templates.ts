import type { Template, templateNames } from './schema';

/** The tutorial, done right, inside the free tier. */
const freeTier: Template = {
  tags: {},
  network: { cidr: '10.20.0.0/16', availabilityZoneCount: 2, nat: 'none', flowLogs: false },
  access: { trackingCidrs: [], ssh: { cidrs: [], instanceConnect: false }, authentication: 'none' },
  server: {
    // t3.micro is free in accounts from before and since July 2025; t2.micro only in the former.
    instanceType: 't3.micro',
    minCount: 1,
    maxCount: 1,
    cpuCredits: 'unlimited',
    rootVolumeGiB: 8,
    port: 5000,
    artifactServing: 'proxied',
  },
  database: {
    identifier: 'mlflow-backend-db',
    name: 'mlflow_db',
    username: 'mlflow',
    port: 5432,
    engineVersion: '17',
    // Cheaper and faster than db.t3.micro once the free months are over.
    instanceClass: 'db.t4g.micro',
    allocatedStorageGiB: 20,
    storageType: 'gp2',
    multiAz: false,
    backupRetentionDays: 1,
    deletionProtection: false,
    finalSnapshot: false,
    performanceInsights: false,
    enhancedMonitoringSeconds: 0,
    logExports: [],
    readReplica: false,
    password: 'rds-managed',
    authentication: 'password',
  },
  artifacts: {
    bucketPrefix: 'mlflow-artifacts-remote',
    encryption: 's3',
    accessLogs: false,
    noncurrentVersionDays: 30,
    // `destroy` leaves nothing behind.
    forceDestroy: true,
  },
  // CloudWatch's agent would take an eighth of the memory.
  observability: { serverLogs: 'journal', logRetentionDays: 7, dashboard: true },
};

/** What survives the loss of a zone, a mistake and a year. */
const production: Template = {
  tags: {},
  network: { cidr: '10.30.0.0/16', availabilityZoneCount: 2, nat: 'single', flowLogs: true },
  access: { trackingCidrs: [], ssh: { cidrs: [], instanceConnect: false }, authentication: 'basic-auth' },
  server: {
    instanceType: 't4g.small',
    minCount: 2,
    maxCount: 4,
    cpuCredits: 'unlimited',
    rootVolumeGiB: 8,
    port: 5000,
    artifactServing: 'proxied',
  },
  // The domain name is everybody's own.
  loadBalancer: { scheme: 'internet-facing', idleTimeoutSeconds: 300, waf: false },
  database: {
    identifier: 'mlflow-backend-db',
    name: 'mlflow_db',
    username: 'mlflow',
    port: 5432,
    engineVersion: '17',
    // The cheapest whose 4 GiB carry the connections of four servers.
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
    enhancedMonitoringSeconds: 60,
    logExports: ['postgresql', 'upgrade'],
    readReplica: false,
    password: 'rds-managed',
    authentication: 'password',
  },
  artifacts: {
    bucketPrefix: 'mlflow-artifacts-remote',
    encryption: 'kms',
    accessLogs: true,
    noncurrentVersionDays: 90,
    forceDestroy: false,
  },
  observability: { serverLogs: 'cloudwatch', logRetentionDays: 90, dashboard: true },
};

/** Like production, to rehearse a release or an upgrade in: small, and `destroy` leaves nothing behind. */
const staging: Template = {
  ...production,
  network: { ...production.network, cidr: '10.40.0.0/16' },
  server: { ...production.server, minCount: 1, maxCount: 2 },
  database: {
    ...production.database,
    instanceClass: 'db.t4g.small',
    allocatedStorageGiB: 20,
    maxAllocatedStorageGiB: 100,
    multiAz: false,
    backupRetentionDays: 3,
    deletionProtection: false,
    finalSnapshot: false,
  },
  artifacts: { ...production.artifacts, noncurrentVersionDays: 30, forceDestroy: true },
  observability: { ...production.observability, logRetentionDays: 30 },
};

/** The defaults of each template. */
export const templates: Readonly<Record<(typeof templateNames)[number], Template>> = {
  'free-tier': freeTier,
  production,
  staging,
};
