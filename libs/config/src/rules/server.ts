import { range } from '../addresses';
import { serverTypes } from '../offers';
import { privateRanges } from './network';
import { offeredIn } from './offered';
import { when, type Rule } from './rule';

const instanceTypeIsOffered: Rule = ({ server: { instanceType }, region }) =>
  offeredIn(region, serverTypes, 'server.instanceType', instanceType, {
    what: 'a type that EC2 offers',
    otherwise: ['t4g.small', 't3.small'],
    source:
      `types from micro to 4xlarge that Amazon Linux 2023 starts on, on ${serverTypes.date}: ` +
      'MLflow does not fit a smaller one, and larger ones are outgrown by server.maxCount',
  });

/** The leanest MLflow server takes a quarter GiB beside the system. */
const memoryCarriesMlflow: Rule = ({ server: { instanceType } }) =>
  when(
    (serverTypes.sizeOf(instanceType)?.memoryGiB ?? 1) < 1,
    'server.instanceType',
    'a type with 1 GiB of memory or more, such as t3.micro',
  );

const fleetHasARange: Rule = ({ server }) =>
  when(
    server.maxCount < server.minCount,
    'server.maxCount',
    `at least ${server.minCount}, server.minCount (Amazon EC2 Auto Scaling user guide, "Set scaling limits")`,
    ['server.minCount'],
  );

/** dnf reaches Amazon Linux's repositories, which are in S3, by the gateway endpoint; pip reaches nothing. */
const packagesComeFromSomewhere: Rule = ({ network, server }) =>
  when(
    network.nat === 'endpoints' && network.existing === undefined && server.wheelhouse === undefined,
    'server.wheelhouse',
    'a folder in S3 with the Python packages of the server beside network.nat "endpoints": by them alone PyPI cannot be reached',
    ['network.nat'],
  );

/** Metrics ask nobody for a password. */
const metricsStayInside: Rule = ({ server: { port, prometheus } }) => [
  ...when(
    prometheus?.cidrs.length === 0,
    'server.prometheus.cidrs',
    'at least one range that may collect, or no server.prometheus',
  ),
  ...(prometheus?.cidrs ?? []).flatMap((cidr, index) => {
    const address = range(cidr);
    return when(
      address !== undefined && !privateRanges.some((parent) => address.isInSubnet(parent)),
      `server.prometheus.cidrs.${index}`,
      'a private range inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918)',
    );
  }),
  ...when(
    prometheus?.port === port,
    'server.prometheus.port',
    `another port than server.port, which is ${port} as well`,
    ['server.port'],
  ),
];

const housekeepingHasWork: Rule = ({ server: { housekeeping } }) =>
  when(
    housekeeping !== undefined &&
      housekeeping.purgeDeletedAfterDays === undefined &&
      housekeeping.archiveTracesAfterDays === undefined,
    'server.housekeeping',
    'purgeDeletedAfterDays or archiveTracesAfterDays in it, or no such key',
    ['server.housekeeping.purgeDeletedAfterDays', 'server.housekeeping.archiveTracesAfterDays'],
  );

/** Rules about the servers. */
export const serverRules: readonly Rule[] = [
  instanceTypeIsOffered,
  memoryCarriesMlflow,
  fleetHasARange,
  packagesComeFromSomewhere,
  metricsStayInside,
  housekeepingHasWork,
];
