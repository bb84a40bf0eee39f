import { action, quote, UserError } from '@mlflow-on-aws/command-line';
import type { PlanException } from './exceptions';

/** What the command was asked to do. */
export interface Request {
  /** Plan files by environment, in the order given; `failed` stands for a plan that could not be made. */
  readonly plans: readonly (readonly [environment: string, file: string])[];
  /** File of exceptions. */
  readonly allow?: string;
  /** File for the comment; standard output without it. */
  readonly out?: string;
  /** The commit that was planned. */
  readonly commit?: string;
  /** Files of new policy findings, by environment, as `npm run policy -- ENVIRONMENT --out FILE` writes them. */
  readonly policy: ReadonlyMap<string, string>;
}

export type { PlanException };

/** How the review is called. */
export const usage = `npm run -s plan-review -- ENVIRONMENT=PLAN.json... [--allow FILE] [--out COMMENT.md] [--commit SHA]
         [--policy ENVIRONMENT=FINDINGS.json]...

PLAN.json is what \`terraform show -json PLAN\` prints; ENVIRONMENT=failed stands for a plan that could not be made.
FINDINGS.json is what \`npm run policy -- ENVIRONMENT --out FINDINGS.json\` writes.
exit code: 0 nothing changes, 2 changes, 3 refused, 1 error`;

/** The review as an action: reads its arguments, or says all that is wrong with them. */
export const reviewAction = (review: (request: Request) => number) =>
  action({
    positionals: ['ENVIRONMENT=PLAN.json...'],
    options: {
      allow: { value: 'FILE' },
      out: { value: 'COMMENT.md' },
      commit: { value: 'SHA' },
      policy: { value: 'ENVIRONMENT=FINDINGS.json', multiple: true },
    },
    run: ({ positionals, options: { policy, ...options } }) =>
      review({ ...requested(positionals, policy), ...options }),
  });

function requested(given: readonly string[], findings: readonly string[]): Pick<Request, 'plans' | 'policy'> {
  const plans = new Map<string, string>();
  const policy = new Map<string, string>();
  const problems: string[] = [];
  for (const text of given) {
    const [environment, file] = byEnvironment(text);
    if (file === undefined) problems.push(`got ${quote(text)}, want ENVIRONMENT=PLAN.json, such as dev=plan.json`);
    else if (plans.has(environment)) problems.push(`${environment}: given twice`);
    else plans.set(environment, file);
  }
  for (const text of findings) {
    const [environment, file] = byEnvironment(text);
    if (file === undefined) problems.push(`--policy: got ${quote(text)}, want ENVIRONMENT=FINDINGS.json`);
    else if (policy.has(environment)) problems.push(`--policy: ${environment} given twice`);
    else if (!plans.has(environment)) problems.push(`--policy: ${environment} has no plan here`);
    else policy.set(environment, file);
  }
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  return { plans: [...plans], policy };
}

/** Both sides of ENVIRONMENT=FILE; no file where the text is none. */
function byEnvironment(text: string): [environment: string, file: string | undefined] {
  const [, environment = '', file] = /^([a-z][a-z0-9-]*)=(.+)$/s.exec(text) ?? [];
  return [environment, file];
}
