import { UserError } from '@mlflow-on-aws/command-line';
import { estimate, type CostLine, type Estimate, type Resource } from '@mlflow-on-aws/pricing';
import { plannedResources, readPlan, target } from '@mlflow-on-aws/plan';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** How the command is called. */
export const usage = `npm run cost -- STACK [--plan PLAN.json] [--synthesized FOLDER]

  STACK          a stack that \`npx cdktf synth\` wrote, such as dev
  --plan         prices what \`terraform show -json\` prints instead of the synthesized stack
  --synthesized  where the stacks are (default: cdktf.out)`;

/**
 * Prices a synthesized stack, or a plan.
 * @returns what to tell the user
 * @throws UserError for arguments and files that are not what they should be
 */
export function cost(args: readonly string[]): string {
  const { stack, plan, synthesized } = readArguments(args);
  const { resources, region } = plan === undefined ? synthesizedStack(synthesized, stack) : planned(plan);
  return report(stack, estimate(resources, region), region);
}

function readArguments(args: readonly string[]): { stack: string; plan?: string; synthesized: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { plan: { type: 'string' }, synthesized: { type: 'string' } },
      allowPositionals: true,
    });
    const [stack, ...more] = positionals;
    if (stack === undefined || more.length > 0)
      throw new Error(stack === undefined ? 'no stack named' : `one stack at a time, got ${positionals.join(' ')}`);
    return { stack, plan: values.plan, synthesized: values.synthesized ?? 'cdktf.out' };
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${usage}`);
  }
}

interface Priced {
  readonly resources: readonly Resource[];
  readonly region: string;
}

function planned(file: string): Priced {
  const plan = readPlan(file);
  const resources = plannedResources(plan).map(({ address, type, values }) => ({
    address,
    type,
    values: values ?? {},
  }));
  return { resources, region: target(plan).region ?? '' };
}

function synthesizedStack(folder: string, stack: string): Priced {
  const file = join(folder, 'stacks', stack, 'cdk.tf.json');
  let content: {
    resource?: Record<string, Record<string, Resource['values']>>;
    provider?: { aws?: { region?: string }[] };
  };
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason =
      error instanceof SyntaxError ? 'is no JSON' : `cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new UserError(`${file}: ${reason}. Run \`npx cdktf synth\` first; \`npx cdktf list\` names the stacks.`);
  }
  const resources = Object.entries(content.resource ?? {}).flatMap(([type, named]) =>
    Object.entries(named).map(([name, values]) => ({ address: `${type}.${name}`, type, values })),
  );
  return { resources, region: content.provider?.aws?.[0]?.region ?? '' };
}

function report(stack: string, { monthly, free, lines, byUsage, unpriced, asOf }: Estimate, region: string): string {
  const money = (value: number) => `$${value.toFixed(2)}`.padStart(9);
  const tiers = { 'first year': ', free in an account’s first year', always: ', free as far as the free tier goes' };
  const heading = `${stack} in ${region || 'an unknown region'}, US dollars a month`;
  const listed = (title: string, items: Estimate['unpriced']) =>
    items.length === 0 ? [] : ['', title, ...items.map(({ address, what, why }) => `  ${what} (${why})  ${address}`)];
  return [
    asOf === undefined ? heading : `${heading}, prices of ${asOf}`,
    '',
    ...alike(lines).map(
      ({ address, what, monthly: each, free: tier }) =>
        `${money(each)}  ${what}${tier ? tiers[tier] : ''}  (${address})`,
    ),
    `${money(monthly)}  in all${free > 0 ? `; ${money(monthly - free).trim()} with AWS’s free tiers` : ''}`,
    ...listed('By usage, not in the sum:', byUsage),
    ...listed('Not priced, not in the sum:', unpriced),
  ].join('\n');
}

/** Lines of the same thing are one. */
function alike(lines: readonly CostLine[]): readonly CostLine[] {
  const groups = new Map<string, CostLine[]>();
  for (const line of lines) {
    const key = `${line.what} ${line.monthly} ${line.free}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()]
    .map((group) => {
      const [first] = group as [CostLine];
      if (group.length === 1) return first;
      const monthly = group.length * first.monthly;
      return { ...first, what: `${group.length} × ${first.what}`, monthly, address: `${first.address}, …` };
    })
    .sort((a, b) => b.monthly - a.monthly);
}
