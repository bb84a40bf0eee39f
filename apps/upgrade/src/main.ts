import { UserError } from '@mlflow-on-aws/command-line';
import { ensureUv } from '@mlflow-on-aws/workbench';
import { gitHubFrom } from '@mlflow-on-aws/github';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesOf, moveLock, openPullRequest, type Lock, type Moved } from './index';

const usage = `npm run upgrade -- COMMAND

  mlflow [VERSION] [--no-test] [--out FOLDER]
      moves the server's lock to a release of MLflow (the newest without VERSION) and to the newest packages that fit,
      prints what changed, and runs the suites of the server against it; FOLDER gets the new files and a summary
  test                    the suites of the server alone
  pull-request FOLDER     opens the pull request of what is in FOLDER
`;

const root = process.cwd();
const server: Lock = {
  folder: join(root, 'libs', 'tracking-server', 'server'),
  name: 'mlflow',
  before: join(root, 'apps', 'upgrade', 'before'),
  followers: [
    join(root, 'libs', 'tracking-server', 'requirements-test.txt'),
    join(root, 'apps', 'python-lint', 'requirements.txt'),
  ],
};
/** Everything that a move may change, by its path in the repository. */
const lockFiles = filesOf(server).map((file) => relative(root, file));
const report = (message: string): void => void process.stderr.write(`${message}\n`);

async function main([command, ...args]: readonly string[]): Promise<void> {
  if (command === 'mlflow') return mlflow(args);
  if (command === 'test') return test();
  if (command === 'pull-request') return pullRequest(args[0]);
  throw new UserError(`got "${command ?? ''}", want mlflow, test or pull-request\n\n${usage}`);
}

async function mlflow(args: readonly string[]): Promise<void> {
  const out = args.includes('--out') ? args[args.indexOf('--out') + 1] : undefined;
  if (args.includes('--out') && !out) throw new UserError(`--out wants a folder\n\n${usage}`);
  const [version] = args.filter((argument) => !argument.startsWith('--') && argument !== out);
  if (version !== undefined && !/^\d+(\.\d+)+$/.test(version)) {
    throw new UserError(`got version "${version}", want a release such as 3.17.2`);
  }
  const moved = moveLock(await ensureUv(report), server, version);
  process.stdout.write(summary(moved));
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'summary.md'), summary(moved));
    for (const file of lockFiles) {
      mkdirSync(join(out, dirname(file)), { recursive: true });
      writeFileSync(join(out, file), readFileSync(join(root, file)));
    }
  }
  // Steps that follow in a workflow ask for it.
  if (process.env.GITHUB_OUTPUT) {
    writeFileSync(process.env.GITHUB_OUTPUT, `changed=${moved.changes.length > 0}\n`, { flag: 'a' });
  }
  if (moved.changes.length > 0 && !args.includes('--no-test')) test();
}

/** What changed, for a terminal and for a pull request. */
function summary({ from, to, changes }: Moved): string {
  const title = from === to ? `MLflow ${to} with newer packages` : `MLflow ${from} to ${to}`;
  if (changes.length === 0) return `MLflow ${to} is the newest, and so are its packages\n`;
  const rows = changes.map(({ name, from: old = '-', to: now = '-' }) => `| ${name} | ${old} | ${now} |`);
  return `${title}\n\n| package | from | to |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

/**
 * Runs what shows that a server with these packages works: its own tests, the way from the release before and back, and the whole of
 * dev on embedded parts.
 */
function test(): void {
  const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
  for (const [command, args] of [
    [bin('nx'), ['run-many', '-t', 'test', 'pytest', '-p', 'tracking-server', '--outputStyle=stream']],
    [bin('jest'), ['--selectProjects', 'upgrade', '--testPathPatterns', 'migration\\.integration\\.spec', '--ci']],
    [bin('jest'), ['--selectProjects', 'local', '--testPathPatterns', 'local\\.integration\\.spec', '--ci']],
  ] as const) {
    const env = { ...process.env, INTEGRATION: command.endsWith('jest') ? '1' : undefined };
    if (spawnSync(command, args, { stdio: 'inherit', cwd: root, env }).status === 0) continue;
    throw new UserError(`the suites do not pass with these packages: "git checkout ${lockFiles.join(' ')}" goes back`);
  }
}

async function pullRequest(folder: string | undefined): Promise<void> {
  if (folder === undefined) throw new UserError(`FOLDER is missing\n\n${usage}`);
  const text = readFileSync(join(folder, 'summary.md'), 'utf8');
  const [title = ''] = text.split('\n');
  const url = await openPullRequest(gitHubFrom(process.env), process.env.GITHUB_REPOSITORY?.split('/')[0] ?? '', {
    branch: 'upgrade/mlflow',
    title,
    // A pull request that the token of a workflow opens starts no workflow of its own.
    body: `${text}\nThe suites of the server pass with it. Close and open this pull request again to have it checked and planned.\n`,
    files: Object.fromEntries(lockFiles.map((file) => [file, readFileSync(join(folder, file), 'utf8')])),
  });
  process.stdout.write(`${url}\n`);
}

main(process.argv.slice(2)).catch((error: Error) => {
  const told = error instanceof UserError;
  process.stderr.write(`${told ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
