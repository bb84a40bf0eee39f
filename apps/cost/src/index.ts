import { action, type Program } from '@mlflow-on-aws/command-line';
import { estimate, type CostLine, type Estimate, type Resource } from '@mlflow-on-aws/pricing';
import { plannedResources, readPlan, target } from '@mlflow-on-aws/plan';
import { readStack } from '@mlflow-on-aws/workbench';

const usage = `npm run cost -- STACK [--plan PLAN.json] [--synthesized FOLDER]

  STACK          a stack that \`npx cdktf list\` names, such as dev
  --plan         prices what \`terraform show -json\` prints instead of the stack
  --synthesized  prices the stack that \`npx cdktf synth\` wrote there, such as cdktf.out (default: synthesizes it anew)
`;

/** `npm run cost`. */
export const program: Program = {
  name: 'npm run cost',
  usage,
  action: action({
    positionals: ['STACK'],
    options: { plan: { value: 'PLAN.json' }, synthesized: { value: 'FOLDER' } },
    run: ({ positionals: [stack], options: { plan, synthesized } }) => console.log(cost(stack, plan, synthesized)),
  }),
};

/**
 * Prices a stack, or a plan of it.
 * @returns what to tell the user
 * @throws UserError for a stack and for files that are not what they should be
 */
export function cost(stack: string, plan?: string, synthesized?: string): string {
  const own = readStack<Stack>(stack, synthesized);
  const { resources, region } = plan === undefined ? inStack(own) : planned(plan);
  return report(stack, estimate(resources, region), region);
}

interface Stack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Resource['values']>>>>;
  readonly provider?: { readonly aws?: readonly { readonly region?: string }[] };
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

function inStack({ resource = {}, provider }: Stack): Priced {
  const resources = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, values]) => ({ address: `${type}.${name}`, type, values })),
  );
  return { resources, region: provider?.aws?.[0]?.region ?? '' };
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
