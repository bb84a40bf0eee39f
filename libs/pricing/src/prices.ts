import { z } from 'zod';
import table from './prices.json';

const price = z.number().positive();
const prices = z.record(z.string(), price);

const schema = z.strictObject({
  /** AWS region that the prices are of. */
  region: z.string(),
  /** Day on which they were right. */
  asOf: z.iso.date(),
  /** Where they come from. */
  source: z.string(),
  /** AWS bills by the hour; its calculator takes 730 of them for a month. */
  hoursPerMonth: z.literal(730),
  ec2InstanceHour: prices,
  rdsPostgresHour: prices,
  ebsGibMonth: prices,
  rdsGibMonth: prices,
  publicIpv4Hour: price,
  natGatewayHour: price,
  loadBalancerHour: price,
  interfaceEndpointHour: price,
  kmsKeyMonth: price,
  secretMonth: price,
  alarmMonth: price,
  dashboardMonth: price,
  metricMonth: price,
  hostedZoneMonth: price,
  webAclMonth: price,
  webAclRuleMonth: price,
});

/** On-demand prices of one region in US dollars. */
export type Prices = z.infer<typeof schema>;

const tables: readonly Prices[] = [schema.parse(table)];

/** The price table of a region; undefined where the repository holds none. */
export function pricesOf(region: string): Prices | undefined {
  return tables.find((one) => one.region === region);
}

/** Regions whose prices the repository holds. */
export const pricedRegions: readonly string[] = tables.map(({ region }) => region);
