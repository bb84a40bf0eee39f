import { buildSync } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const apps = readdirSync(join(root, 'apps')).filter((app) => existsSync(join(root, 'apps', app, 'src', 'main.ts')));
// Inside the checkout, so that the bundles find the packages.
const cache = join(root, 'node_modules', '.cache', 'mlflow-on-aws');
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'commands ')));
let bundles: string;

beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  bundles = mkdtempSync(join(cache, 'commands-'));
  buildSync({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(apps.map((app) => [app, join('apps', app, 'src', 'main.ts')])),
    outdir: bundles,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    tsconfig: 'tsconfig.base.json',
  });
});
afterAll(() => {
  for (const folder of [bundles, scratch]) rmSync(folder, { recursive: true, force: true });
});

/** Runs a program where it finds no other program, no credentials, no stack and no file, and tells what it left. */
function run(program: string, ...args: string[]) {
  const folder = mkdtempSync(join(scratch, 'run '));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    // The last one as apps/run.mjs sets it.
    env: { PATH: '', HOME: folder, MLFLOW_ON_AWS_DATA: join(folder, 'data'), MLFLOW_ON_AWS_CHECKOUT: root },
    encoding: 'utf8',
  });
  return { status, stdout, stderr, left: readdirSync(folder) };
}

const programs = [...apps, 'test'].map((name) => [
  name,
  (): string => (name === 'test' ? join(root, '.ci', 'test.mjs') : join(bundles, `${name}.cjs`)),
]) as [string, () => string][];

describe.each(programs)('%s', (name, program) => {
  it('tells by --help how it is called, and does nothing', () => {
    const { status, stdout, stderr, left } = run(program(), '--help');
    expect({ status, stderr, left }).toEqual({ status: 0, stderr: '', left: [] });
    expect(stdout).toMatch(/^(npm|npx|node) [^]*\n$/);
    if (stdout.startsWith('npm run')) expect(stdout).toMatch(new RegExp(`^npm run (-s )?${name}\\b`));
  });

  it('refuses an option that it does not know, by its name, and does nothing', () => {
    const { status, stderr, left } = run(program(), '--nonsense');
    expect({ status, left }).toEqual({ status: 1, left: [] });
    expect(stderr).toContain('"--nonsense"');
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

test('a command of npm run local that is asked for help deploys nothing', () => {
  const { status, stdout, left } = run(join(bundles, 'local.cjs'), 'up', '--help');
  expect({ status, left }).toEqual({ status: 0, left: [] });
  expect(stdout).toContain('npm run local');
});

test('every npm script is an app of the same name, or npm test', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const others = Object.entries(scripts).filter(([name, script]) => {
    const [last] = script.split(' && ').slice(-1);
    return !(apps.includes(name) && last === `node apps/run.mjs ${name}`);
  });
  expect(others).toEqual([['test', 'node apps/install.mjs && node .ci/test.mjs']]);
});

test.each([
  [['--help'], 0, /^node apps\/run\.mjs APP/],
  [[], 1, /^APP is missing, want one of bench, /],
  [['csot'], 1, /^APP: got "csot", want one of .*; the nearest is cost$/m],
  [['../apps/cost'], 1, /^APP: got "\.\.\/apps\/cost", want one of /],
])('apps/run.mjs answers %j', (args, status, said) => {
  const { stdout, stderr, ...ended } = run(join(root, 'apps', 'run.mjs'), ...args);
  expect(ended).toEqual({ status, left: [] });
  expect(stdout || stderr).toMatch(said);
  expect(stderr).not.toMatch(/^ +at /m);
});
