import { freeTierDatabaseClasses, freeTierInstanceTypes } from '../aws';
import type { Environment } from '../schema';
import { includes, when, type Rule } from './rule';

/** What a template demands of one key: path, whether the environment meets it, what would be right. */
type Demand = readonly [path: string, met: (environment: Environment) => boolean, want: string];

const freePlan = 'free plan accounts refuse others (RDS error FreeTierRestrictionError)';
const billed = (right: string, what: string) => `${right} on the free-tier template: ${what}`;

/** What accounts on the free plan refuse, and what is billed from the first hour. */
const freeTierDemands: readonly Demand[] = [
  [
    'server.instanceType',
    ({ server }) => includes(freeTierInstanceTypes, server.instanceType),
    `${freeTierInstanceTypes.join(', ')} on the free-tier template; t2.micro only in accounts from before July 2025 ` +
      '(Amazon EC2 user guide, "Track your Free Tier usage for Amazon EC2")',
  ],
  ['server.minCount', ({ server }) => server.minCount === 1, billed('1', 'a second server is billed')],
  ['server.maxCount', ({ server }) => server.maxCount === 1, billed('1', 'a second server is billed')],
  [
    'server.rootVolumeGiB',
    ({ server }) => server.rootVolumeGiB <= 30,
    'at most 30 on the free-tier template (AWS Free Tier, "Amazon Elastic Block Store")',
  ],
  [
    'loadBalancer',
    ({ loadBalancer }) => loadBalancer === undefined,
    billed('no such key', 'a load balancer is billed by the hour'),
  ],
  ['network.nat', ({ network }) => network.nat === 'none', billed('none', 'a NAT gateway is billed by the hour')],
  ['network.flowLogs', ({ network }) => !network.flowLogs, billed('false', 'flow logs are billed by the GB')],
  [
    'database.instanceClass',
    ({ database }) => includes(freeTierDatabaseClasses, database.instanceClass),
    `${freeTierDatabaseClasses.join(' or ')} on the free-tier template: ${freePlan}`,
  ],
  [
    'database.allocatedStorageGiB',
    ({ database }) => database.allocatedStorageGiB <= 20,
    'at most 20 on the free-tier template (AWS Free Tier, "Amazon RDS")',
  ],
  [
    'database.maxAllocatedStorageGiB',
    ({ database }) => database.maxAllocatedStorageGiB === undefined,
    billed('no such key', 'storage above 20 GiB is billed (AWS Free Tier, "Amazon RDS")'),
  ],
  [
    'database.storageType',
    ({ database }) => database.storageType === 'gp2',
    'gp2 on the free-tier template, the type that it names (AWS Free Tier, "Amazon RDS")',
  ],
  [
    'database.backupRetentionDays',
    ({ database }) => database.backupRetentionDays <= 1,
    'at most 1 on the free-tier template: free plan accounts refuse more (RDS error FreeTierRestrictionError)',
  ],
  ['database.multiAz', ({ database }) => !database.multiAz, billed('false', 'a standby is billed')],
  ['database.readReplica', ({ database }) => !database.readReplica, billed('false', 'a second instance is billed')],
  [
    'artifacts.encryption',
    ({ artifacts }) => artifacts.encryption === 's3',
    billed('s3', 'a KMS key is billed by the month'),
  ],
];

/** What a fleet behind a load balancer must not be without. */
const fleetDemands = (template: Environment['template']): readonly Demand[] => [
  [
    'network.nat',
    ({ network }) => network.nat !== 'none' || network.existing !== undefined,
    `single, per-az or endpoints on the ${template} template: its servers have no public address`,
  ],
];

/** What a production environment must not be without. Staging is for what these forbid: it is small, and nothing in it is kept. */
const productionDemands: readonly Demand[] = [
  [
    'database.multiAz',
    ({ database }) => database.multiAz,
    'true on the production template: the loss of a zone must not stop it (AWS Security Hub, control RDS.5)',
  ],
  [
    'database.backupRetentionDays',
    ({ database }) => database.backupRetentionDays >= 7,
    'at least 7 on the production template (AWS Security Hub, control RDS.11)',
  ],
  [
    'database.deletionProtection',
    ({ database }) => database.deletionProtection,
    'true on the production template (AWS Security Hub, control RDS.8)',
  ],
  [
    'database.finalSnapshot',
    ({ database }) => database.finalSnapshot,
    'true on the production template: data outlives a destroy',
  ],
  [
    'artifacts.forceDestroy',
    ({ artifacts }) => !artifacts.forceDestroy,
    'false on the production template: artifacts outlive a destroy',
  ],
];

const meets =
  (demands: readonly Demand[]): Rule =>
  (environment) =>
    demands.flatMap(([path, met, want]) => when(!met(environment), path, want));

/** Rules of each template. */
export const templateRules: Readonly<Record<Environment['template'], readonly Rule[]>> = {
  'free-tier': [meets(freeTierDemands)],
  production: [
    meets(fleetDemands('production')),
    meets(productionDemands.map(([path, met, want]) => [path, met, `${want}; the staging template takes it`])),
  ],
  staging: [meets(fleetDemands('staging'))],
};
