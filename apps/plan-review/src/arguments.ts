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
}

export type { PlanException };

/** How the command is called. */
export const usage = `usage: npm run -s plan-review -- ENVIRONMENT=PLAN.json... [--allow FILE] [--out COMMENT.md] [--commit SHA]

PLAN.json is what \`terraform show -json PLAN\` prints; ENVIRONMENT=failed stands for a plan that could not be made.
exit code: 0 nothing changes, 2 changes, 3 refused, 1 error`;

/** Reads the command line, or says all that is wrong with it. */
export function readArguments(args: readonly string[]): Request | { readonly problems: readonly string[] } {
  const plans: [string, string][] = [];
  const options: Partial<Record<'allow' | 'out' | 'commit', string>> = {};
  const problems: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, flag, given] = /^--(allow|out|commit)(?:=(.*))?$/s.exec(arg) ?? [];
    if (flag !== undefined) {
      const value = given ?? rest.shift();
      if (value === undefined || value === '') problems.push(`--${flag}: a value is missing`);
      else options[flag as keyof typeof options] = value;
      continue;
    }
    const [, environment, file] = /^([a-z][a-z0-9-]*)=(.+)$/s.exec(arg) ?? [];
    if (environment === undefined || file === undefined) {
      problems.push(`got "${arg}": expected ENVIRONMENT=PLAN.json, such as dev=plan.json`);
    } else if (plans.some(([name]) => name === environment)) {
      problems.push(`${environment}: given twice`);
    } else {
      plans.push([environment, file]);
    }
  }
  if (plans.length === 0 && problems.length === 0) problems.push('at least one plan is needed, such as dev=plan.json');
  return problems.length > 0 ? { problems } : { plans, ...options };
}
