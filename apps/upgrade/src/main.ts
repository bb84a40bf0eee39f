import { action, runProgram, UserError } from '@mlflow-on-aws/command-line';
import { ensureUv } from '@mlflow-on-aws/workbench';
import { gitHubFrom } from '@mlflow-on-aws/github';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

async function mlflow(version: string | undefined, noTest: boolean, out?: string): Promise<void> {
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
  if (moved.changes.length > 0 && !noTest) test();
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

async function pullRequest(folder: string): Promise<void> {
  const text = proposed(folder, 'summary.md');
  const [title = ''] = text.split('\n');
  const url = await openPullRequest(gitHubFrom(process.env), process.env.GITHUB_REPOSITORY?.split('/')[0] ?? '', {
    branch: 'upgrade/mlflow',
    title,
    // A pull request that the token of a workflow opens starts no workflow of its own.
    body: `${text}\nThe suites of the server pass with it. Close and open this pull request again to have it checked and planned.\n`,
    files: Object.fromEntries(lockFiles.map((file) => [file, proposed(folder, file)])),
  });
  process.stdout.write(`${url}\n`);
}

/** A file that `mlflow --out` wrote. */
function proposed(folder: string, name: string): string {
  const file = join(folder, name);
  if (!existsSync(file)) throw new UserError(`${file}: there is no such file; "mlflow --out ${folder}" writes it`);
  return readFileSync(file, 'utf8');
}

void runProgram({
  name: 'npm run upgrade',
  usage,
  commands: {
    mlflow: action({
      positionals: ['[VERSION]'],
      options: { 'no-test': {}, out: { value: 'FOLDER' } },
      run: ({ positionals: [version], options }) => mlflow(version, options['no-test'], options.out),
    }),
    test: action({ run: test }),
    'pull-request': action({ positionals: ['FOLDER'], run: ({ positionals: [folder] }) => pullRequest(folder) }),
  },
});
