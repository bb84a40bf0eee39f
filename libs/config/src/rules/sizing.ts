import { databaseClasses, serverTypes } from '../offers';
import { connectionsOf, isEnoughFor, maxConnections, sizingInput, sizingOf, sizingText } from '../sizing';
import type { Environment } from '../schema';
import { when, type Rule } from './rule';

/** Connections that PostgreSQL and RDS keep for themselves. Source: PostgreSQL, "superuser_reserved_connections"; RDS adds two. */
const reserved = 5;

/** Keys that connections are counted from. */
const counted = ['server.instanceType', 'server.maxCount', 'access.authentication', 'database.instanceClass'];

/** A class or type of unknown size is told by the rule about what AWS offers. */
function hasKnownSizes({ database, server }: Environment): boolean {
  return (
    serverTypes.sizeOf(server.instanceType) !== undefined &&
    databaseClasses.sizeOf(database.instanceClass) !== undefined
  );
}

const databaseTakesTheServers: Rule = (environment) => {
  if (!hasKnownSizes(environment)) return [];
  const input = sizingInput(environment);
  const larger = databaseClasses
    .siblings(input.databaseClass, environment.region)
    .find((databaseClass) => isEnoughFor({ ...input, databaseClass }));
  return when(
    !isEnoughFor(input),
    'database.instanceClass',
    `a class that takes the connections of ${input.servers} servers (server.maxCount), ` +
      `such as ${larger ?? databaseClasses.nearest('db.m7g.large', environment.region, ['db.r7g.large'])}, or fewer servers`,
    counted,
  );
};

const databaseTakesTheSizing: Rule = (environment) => {
  if (environment.server.sizing === undefined || !hasKnownSizes(environment)) return [];
  const input = sizingInput(environment);
  if (!isEnoughFor(input)) return [];
  const sizing = sizingOf(environment);
  const connections = connectionsOf(sizing, input);
  const most = maxConnections(input.databaseClass) - reserved;
  if (connections <= most) return [];
  return [
    {
      path: 'server.sizing',
      got: `${connections} connections (${sizingText(sizing)}, ${input.servers} at most)`,
      want: `${most} or fewer, which ${input.databaseClass} takes, or a larger database.instanceClass`,
      against: counted,
    },
  ];
};

/** Rules about the connections that the servers open. */
export const sizingRules: readonly Rule[] = [databaseTakesTheServers, databaseTakesTheSizing];
