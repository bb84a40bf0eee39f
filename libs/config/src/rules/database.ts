import versionTable from '../../data/postgres-versions.json';
import { postgresVersions, reservedDatabaseNames } from '../aws';
import { databaseClasses } from '../offers';
import { dailyWindow, meet, weeklyWindow } from '../windows';
import { offeredIn } from './offered';
import { when, type Rule } from './rule';

const createInstance = '(Amazon RDS API reference, "CreateDBInstance")';

const identifierFits: Rule = ({ database, name }) => {
  const after = database.readReplica ? '-replica' : '';
  return when(
    `${name}-${database.identifier}${after}`.length > 63,
    'database.identifier',
    `at most ${62 - name.length - after.length} characters, 63 with the environment's name before it` +
      `${after && ` and ${after} behind`} ${createInstance}`,
    ['name'],
  );
};

const namesAreNotReserved: Rule = ({ database }) =>
  (['name', 'username'] as const).flatMap((key) =>
    when(
      reservedDatabaseNames.has(database[key]) || /^pg_/.test(database[key]),
      `database.${key}`,
      `a name that PostgreSQL and RDS do not reserve, such as ${key === 'name' ? 'mlflow_db' : 'mlflow'} ${createInstance}`,
    ),
  );

/** It is there for administration, on every instance. */
const databaseIsNotTheSystems: Rule = ({ database }) =>
  when(
    database.name === 'postgres',
    'database.name',
    `another name: RDS always makes a database postgres by itself ${createInstance}`,
  );

const minorVersions: Readonly<Record<string, string>> = versionTable.minors;

const engineVersionIsSupported: Rule = ({ database }) => {
  const [major = '', minor] = database.engineVersion.split('.');
  const version = postgresVersions[major];
  const supported = Object.entries(postgresVersions).map(
    ([known, { supportEnds }]) => `${known} (until ${supportEnds})`,
  );
  if (version === undefined) {
    const want = `a version under standard support: ${supported.join(', ')} (Amazon RDS for PostgreSQL release notes, "Release calendars")`;
    return [{ path: 'database.engineVersion', want }];
  }
  const minors = minorVersions[major]?.split(' ') ?? [];
  return when(
    minor !== undefined && !minors.includes(minor),
    'database.engineVersion',
    `"${major}", or one of ${minors.map((known) => `"${major}.${known}"`).join(', ')}, the minor versions that RDS made instances of ` +
      `on ${versionTable.date} (libs/config/README.md says how to look again)`,
  );
};

const instanceClassIsOffered: Rule = ({ database: { instanceClass }, region }) =>
  offeredIn(region, databaseClasses, 'database.instanceClass', instanceClass, {
    what: 'a class that RDS offers',
    otherwise: ['db.t4g.medium', 'db.t3.medium'],
    source: `classes for PostgreSQL 14 and later on ${databaseClasses.date}`,
  });

const storageCanGrow: Rule = ({ database }) => {
  const least = Math.ceil((database.allocatedStorageGiB * 11) / 10);
  return when(
    database.maxAllocatedStorageGiB !== undefined && database.maxAllocatedStorageGiB < least,
    'database.maxAllocatedStorageGiB',
    `at least ${least}, a tenth above database.allocatedStorageGiB ` +
      '(Amazon RDS user guide, "Managing capacity automatically with Amazon RDS storage autoscaling")',
    ['database.allocatedStorageGiB'],
  );
};

const windowsAreLongEnough: Rule = ({ database: { backupWindow, maintenanceWindow } }) => {
  const maintenance = maintenanceWindow === undefined ? undefined : weeklyWindow(maintenanceWindow).minutes;
  return [
    ...when(
      backupWindow !== undefined && dailyWindow(backupWindow).minutes < 30,
      'database.backupWindow',
      `at least 30 minutes ${createInstance}`,
    ),
    ...when(
      maintenance !== undefined && (maintenance < 30 || maintenance >= 24 * 60),
      'database.maintenanceWindow',
      `at least 30 minutes and less than a day ${createInstance}`,
    ),
  ];
};

const windowsDoNotMeet: Rule = ({ database: { backupWindow, maintenanceWindow } }) =>
  when(
    backupWindow !== undefined &&
      maintenanceWindow !== undefined &&
      meet(dailyWindow(backupWindow), weeklyWindow(maintenanceWindow)),
    'database.maintenanceWindow',
    `a time outside database.backupWindow, ${backupWindow} ${createInstance}`,
    ['database.backupWindow'],
  );

const replicaHasItsPassword: Rule = ({ database }) =>
  when(
    database.readReplica && database.password === 'rds-managed',
    'database.readReplica',
    'false, or database.password as secrets-manager: RDS makes no replica of an instance whose password it manages ' +
      '(Amazon RDS user guide, "Password management with Amazon RDS and AWS Secrets Manager", limitations)',
    ['database.password'],
  );

const rotationIsOurs: Rule = ({ database }) =>
  when(
    database.passwordRotationDays !== undefined && database.password === 'rds-managed',
    'database.passwordRotationDays',
    'no such key, or database.password as secrets-manager: RDS replaces a password that it manages every seven days by itself ' +
      '(Amazon RDS user guide, "Password management with Amazon RDS and AWS Secrets Manager")',
    ['database.password'],
  );

const replicaHasBackups: Rule = ({ database }) =>
  when(
    database.readReplica && database.backupRetentionDays === 0,
    'database.backupRetentionDays',
    'at least 1 with database.readReplica (Amazon RDS API reference, "CreateDBInstanceReadReplica")',
    ['database.readReplica'],
  );

/** RDS takes the setting, and then refuses logins now and then. */
const iamHasItsMemory: Rule = ({ database }) =>
  when(
    database.authentication === 'iam' && database.instanceClass.endsWith('.micro'),
    'database.authentication',
    'password, or a database.instanceClass of 2 GiB or more such as db.t4g.small: to check tokens takes 300 to 1,000 MiB ' +
      '(Amazon RDS user guide, "IAM database authentication for MariaDB, MySQL, and PostgreSQL", limitations)',
    ['database.instanceClass'],
  );

/** The server makes two roles beside the master user, called after it: one that logs in, one that owns. */
const iamRolesHaveNames: Rule = ({ database }) => {
  const iam = database.authentication === 'iam';
  return [
    ...when(
      iam && database.username.length > 57,
      'database.username',
      'at most 57 characters with database.authentication iam, 63 with _owner behind it ' +
        '(PostgreSQL manual, "Identifiers and Key Words")',
      ['database.authentication'],
    ),
    ...when(
      iam && reservedDatabaseNames.has(`${database.username}_iam`),
      'database.username',
      `another name with database.authentication iam: ${database.username}_iam is a role of RDS`,
      ['database.authentication'],
    ),
  ];
};

const snapshotIsInTheRegion: Rule = ({ database, region }) => {
  const [, , , itsRegion] = database.restoreFromSnapshot?.startsWith('arn:')
    ? database.restoreFromSnapshot.split(':')
    : [];
  return when(
    itsRegion !== undefined && itsRegion !== region,
    'database.restoreFromSnapshot',
    `a snapshot of region ${region}: copy it there first (Amazon RDS user guide, "Copying a DB snapshot")`,
    ['region'],
  );
};

const logsAreNamedOnce: Rule = ({ database: { logExports } }) =>
  when(new Set(logExports).size < logExports.length, 'database.logExports', 'every log once');

/** Rules about the backend store. */
export const databaseRules: readonly Rule[] = [
  identifierFits,
  namesAreNotReserved,
  databaseIsNotTheSystems,
  engineVersionIsSupported,
  instanceClassIsOffered,
  storageCanGrow,
  windowsAreLongEnough,
  windowsDoNotMeet,
  replicaHasItsPassword,
  rotationIsOurs,
  replicaHasBackups,
  iamHasItsMemory,
  iamRolesHaveNames,
  snapshotIsInTheRegion,
  logsAreNamedOnce,
];
