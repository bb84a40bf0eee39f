import { pricedRegions, pricesOf } from './prices';
import { rules, withoutCharge, type FreeTier, type Resource } from './rules';

/** One line of an estimate. */
export interface CostLine {
  readonly address: string;
  readonly what: string;
  /** US dollars a month, without any free tier. */
  readonly monthly: number;
  /** Which of AWS's free tiers covers it, as far as it goes. */
  readonly free?: FreeTier;
}

/** Something that is billed, and that no number stands for. */
export interface Unpriced {
  readonly address: string;
  readonly what: string;
  /** The unit that AWS bills, or why there is no price. */
  readonly why: string;
}

/** What a stack costs a month. */
export interface Estimate {
  /** US dollars a month: what runs all the time, without any free tier. */
  readonly monthly: number;
  /** US dollars of it that a free tier of AWS covers. */
  readonly free: number;
  /** Dearest first. */
  readonly lines: readonly CostLine[];
  /** Billed by what is used. */
  readonly byUsage: readonly Unpriced[];
  /** Billed, or maybe billed: no price is known here. */
  readonly unpriced: readonly Unpriced[];
  /** Day of the prices; undefined where the region has no table. */
  readonly asOf?: string;
}

/** Alarms and dashboards that cost nothing in an account. Source: Amazon CloudWatch pricing, "Free tier". */
const alwaysFree: Readonly<Record<string, number>> = { aws_cloudwatch_metric_alarm: 10, aws_cloudwatch_dashboard: 3 };

/** Prices resources by the table of their region; what has no price is listed, and never counted as nothing. */
export function estimate(resources: readonly Resource[], region: string): Estimate {
  const prices = pricesOf(region);
  const lines: CostLine[] = [];
  const byUsage: Unpriced[] = [];
  const unpriced: Unpriced[] = [];
  const seen: Record<string, number> = {};
  for (const { address, type, values } of resources) {
    if (withoutCharge.has(type)) continue;
    const rule = rules[type];
    if (rule === undefined || prices === undefined) {
      const why = prices
        ? `no rule for ${type}`
        : `no prices of ${region || 'an unknown region'}, only of ${pricedRegions.join(', ')}`;
      unpriced.push({ address, what: type, why });
      continue;
    }
    const nth = (seen[type] = (seen[type] ?? 0) + 1);
    for (const charge of rule(values, prices, resources)) {
      if ('usage' in charge) byUsage.push({ address, what: charge.what, why: charge.usage });
      else if ('unknown' in charge) unpriced.push({ address, what: charge.what, why: charge.unknown });
      else {
        const over = charge.free === 'always' && nth > (alwaysFree[type] ?? 0);
        lines.push({ address, what: charge.what, monthly: charge.monthly, free: over ? undefined : charge.free });
      }
    }
  }
  const sum = (of: readonly CostLine[]) => of.reduce((total, { monthly }) => total + monthly, 0);
  return {
    monthly: sum(lines),
    free: sum(lines.filter(({ free }) => free !== undefined)),
    lines: lines.sort((a, b) => b.monthly - a.monthly),
    byUsage,
    unpriced,
    asOf: prices?.asOf,
  };
}
