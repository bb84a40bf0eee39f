import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { affectedEnvironments, allEnvironments, placeOf } from './environments';

const root = mkdtempSync(join(tmpdir(), 'plan review environments '));
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
const write = (file: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text, { mode });
};

beforeAll(() => {
  for (const environment of ['dev', 'prod']) write(`apps/${environment}/environment.ts`, 'export default {};');
  write('apps/local/main.ts', '');
  write('.gitignore', 'node_modules\n');
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '-A');
  git('commit', '--quiet', '-m', 'base');
});
afterAll(() => rmSync(root, { recursive: true }));

/** The environments affected by a change of a file, when Nx says that these projects are. */
function affectedBy(file: string, ...projects: string[]): string[] {
  // Nx itself answers in the integration suite; here only what is made of its answer counts.
  write('node_modules/.bin/nx', `#!/bin/sh\necho '${JSON.stringify(projects)}'\n`, 0o755);
  const base = git('rev-parse', 'HEAD');
  write(file, `change ${base}`);
  git('add', '-A');
  git('commit', '--quiet', '-m', 'change');
  return affectedEnvironments(root, base);
}

it('knows the environments by their files', () => {
  expect(allEnvironments(root).sort()).toEqual(['dev', 'prod']);
});

it.each([
  ['an environment file', 'apps/dev/environment.ts', ['dev', 'stacks', 'local'], ['dev']],
  ['an environment file without a project', 'apps/prod/environment.ts', ['stacks'], ['prod']],
  ['a construct', 'libs/network/src/index.ts', ['network', 'mlflow', 'stacks', 'local'], ['dev', 'prod']],
  ['the composition', 'apps/stacks/src/main.ts', ['stacks', 'local'], ['dev', 'prod']],
  ['what no environment holds', 'libs/drawing/src/index.ts', ['diagram'], []],
  ['a page', 'README.md', [], []],
  ['the lock file', 'package-lock.json', [], ['dev', 'prod']],
  ['a workflow', '.github/workflows/plan.yml', [], ['dev', 'prod']],
  ['the plan exceptions', '.github/plan-exceptions.json', [], ['dev', 'prod']],
])('%s', (_, file, projects, expected) => {
  expect(affectedBy(file, ...projects).sort()).toEqual(expected);
});

it('says so when the base is not there', () => {
  expect(() => affectedEnvironments(root, 'no-such-commit')).toThrow(
    'git diff --name-only no-such-commit...HEAD failed',
  );
});

it('reads account and region from the synthesized stack', () => {
  const aws = [{ region: 'eu-central-1', allowed_account_ids: ['123456789012'] }];
  write('stack/cdk.tf.json', JSON.stringify({ provider: { aws } }));
  expect(placeOf(join(root, 'stack'))).toEqual({ account: '123456789012', region: 'eu-central-1' });
  write('stack/cdk.tf.json', '{}');
  expect(() => placeOf(join(root, 'stack'))).toThrow('names no region or no account');
});
