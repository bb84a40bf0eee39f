import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@mlflow-on-aws/command-line';

/** Files outside every project that decide how any environment is made. */
const toolchain =
  /^(\.github\/|apps\/(run|install)\.mjs$|cdktf\.json$|nx\.json$|package(-lock)?\.json$|tsconfig\.base\.json$|\.nvmrc$)/;

/** The project that composes every environment: what it depends on is in all of them. */
const composition = ['mlflow', 'stacks'];

/** Every environment of the repository: the apps with an `environment.ts`. */
export function allEnvironments(root: string): string[] {
  return readdirSync(join(root, 'apps')).filter((app) => existsSync(join(root, 'apps', app, 'environment.ts')));
}

/** The environments that the commits since a base may change. */
export function affectedEnvironments(root: string, base: string): string[] {
  const run = (command: string, ...args: string[]): string => {
    try {
      return execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      throw new UserError(
        `${command} ${args.join(' ')} failed:\n${(error as { stderr?: string }).stderr ?? String(error)}`,
      );
    }
  };
  const all = allEnvironments(root);
  const files = run('git', 'diff', '--name-only', `${base}...HEAD`).split('\n').filter(Boolean);
  if (files.some((file) => toolchain.test(file))) return all;

  const nx = join(root, 'node_modules', '.bin', 'nx');
  const projects: string[] = JSON.parse(
    run(nx, 'show', 'projects', '--affected', `--base=${base}`, '--head=HEAD', '--json'),
  );
  // An environment's own file touches what composes it too: only its dependencies and sources speak for all.
  const own = all.map((environment) => `apps/${environment}/`);
  const others = files.some((file) => !own.some((folder) => file.startsWith(folder)));
  if (others && composition.some((project) => projects.includes(project))) return all;
  const touched = (environment: string) => files.some((file) => file.startsWith(`apps/${environment}/`));
  return all.filter((environment) => projects.includes(environment) || touched(environment));
}

/** Where a synthesized environment is deployed. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Account and region of a synthesized environment, as its provider is configured. */
export function placeOf(stackFolder: string): Place {
  const stack = JSON.parse(readFileSync(join(stackFolder, 'cdk.tf.json'), 'utf8')) as {
    provider?: { aws?: { region?: string; allowed_account_ids?: string[] }[] };
  };
  const aws = stack.provider?.aws?.[0];
  const [account] = aws?.allowed_account_ids ?? [];
  if (aws?.region === undefined || account === undefined) {
    throw new UserError(`${stackFolder}: the AWS provider names no region or no account`);
  }
  return { account, region: aws.region };
}
