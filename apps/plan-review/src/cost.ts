import { estimate, type Estimate, type Resource } from '@mlflow-on-aws/pricing';
import { actionOf, leavesTheOld, type Plan, type Redact, target } from '@mlflow-on-aws/plan';

/** What a plan does to the monthly bill, in US dollars without free tiers. */
export interface CostChange {
  readonly before: number;
  readonly after: number;
  /** Day of the prices; undefined where the region has none. */
  readonly asOf?: string;
  /** Resources whose cost changes, the largest change first. */
  readonly lines: readonly {
    readonly address: string;
    readonly before: number;
    readonly after: number;
    /** What is paid for afterwards, or was before. */
    readonly what: string;
  }[];
  /** How many things are billed by what is used. */
  readonly byUsage: number;
  /** Address and reason of what has no price. */
  readonly unpriced: readonly { readonly address: string; readonly why: string }[];
}

/** Prices what is there before a plan and what is there after it, in words without its secrets. */
export function costChange(plan: Plan, redact: Redact): CostChange {
  const changes = plan.resource_changes.filter(({ mode }) => mode === 'managed');
  const region = redact(target(plan).region ?? '', 'name');
  const at = (side: 'before' | 'after') =>
    estimate(
      changes.flatMap((resource): Resource[] => {
        const { address, type, change } = resource;
        // What is forgotten stays in AWS, and on the bill.
        const forgotten = actionOf(resource) === 'forget';
        const states = [
          change[forgotten ? 'before' : side],
          leavesTheOld(resource) && side === 'after' ? change.before : null,
        ];
        return states.flatMap((values) =>
          values === null || values === undefined ? [] : [{ address, type, values: values as Resource['values'] }],
        );
      }),
      region,
    );
  const [before, after] = [at('before'), at('after')];
  const [linesBefore, linesAfter] = [byAddress(before), byAddress(after)];
  const sum = (lines: Estimate['lines']) => lines.reduce((total, { monthly }) => total + monthly, 0);
  const lines = [...new Set([...before.lines, ...after.lines].map(({ address }) => address))]
    .map((address) => {
      const [then, now] = [linesBefore.get(address) ?? [], linesAfter.get(address) ?? []];
      const what = (now.length > 0 ? now : then).map((line) => line.what).join(', ');
      return { address, before: sum(then), after: sum(now), what };
    })
    .filter((line) => Math.abs(line.after - line.before) >= 0.005)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
  return {
    before: before.monthly,
    after: after.monthly,
    asOf: after.asOf,
    lines,
    byUsage: after.byUsage.length,
    unpriced: after.unpriced.map(({ address, why }) => ({ address, why })),
  };
}

function byAddress({ lines }: Estimate): ReadonlyMap<string, Estimate['lines'][number][]> {
  const found = new Map<string, Estimate['lines'][number][]>();
  for (const line of lines) {
    const known = found.get(line.address);
    if (known === undefined) found.set(line.address, [line]);
    else known.push(line);
  }
  return found;
}
