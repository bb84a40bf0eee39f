import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const locked = join(__dirname, '..', 'terrain');
/** Inside the checkout, so that the bundles find its packages. */
const scratch = join(root, 'node_modules', '.cache', 'mlflow-on-aws');
let folder: string;

beforeAll(() => {
  mkdirSync(scratch, { recursive: true });
  folder = mkdtempSync(join(scratch, 'terrain-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** CDK Terrain and its AWS provider, from their lock: outside node_modules, so that `npm ci` does not grow by them. */
function terrainPackages(): string {
  const lock = readFileSync(join(locked, 'package-lock.json'));
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mlflow-on-aws', 'terrain');
  const directory = join(cache, createHash('sha256').update(lock).digest('hex').slice(0, 16));
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${directory}.`);
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(locked, file), join(unfinished, file));
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: unfinished,
    stdio: ['ignore', 2, 2],
  });
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(directory)) throw error; // otherwise another checkout was faster
  }
  return directory;
}

/**
 * Synthesizes every stack.
 * @param replaced names of packages, and where what takes their place is found
 * @returns what is written, by the file's path
 */
async function synthesize(name: string, replaced: Readonly<Record<string, string>>, from: string) {
  const outfile = join(folder, `${name}.cjs`);
  const find = createRequire(join(from, 'package.json')).resolve;
  await build({
    absWorkingDir: root,
    entryPoints: [join('apps', 'stacks', 'src', 'main.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    tsconfig: 'tsconfig.base.json',
    logLevel: 'error',
    plugins: [
      {
        name: 'replace packages',
        setup: ({ onResolve }) => {
          for (const [old, next] of Object.entries(replaced)) {
            onResolve({ filter: new RegExp(`^${old}(/|$)`) }, ({ path }) => ({
              path: find(path.replace(old, next)),
              external: true,
            }));
          }
        },
      },
    ],
  });
  const bundle = readFileSync(outfile, 'utf8');
  expect(Object.keys(replaced).filter((old) => bundle.includes(`require("${old}`))).toEqual([]);
  const outdir = join(folder, name);
  const env = { ...process.env, CDKTF_OUTDIR: outdir, AWS_EC2_METADATA_DISABLED: 'true' };
  execFileSync(process.execPath, [outfile], { cwd: root, env, stdio: ['ignore', 'ignore', 2] });
  const files = readdirSync(outdir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tf.json'));
  return Object.fromEntries(files.map((file) => [file, JSON.parse(readFileSync(join(outdir, file), 'utf8'))]));
}

test('CDK Terrain makes the same stacks of the same sources, but for its own name and the registry’s full name of the provider', async () => {
  const today = await synthesize('cdktf', {}, root);
  const terrain = await synthesize(
    'terrain',
    { '@cdktf/provider-aws': '@cdktn/provider-aws', cdktf: 'cdktn', constructs: 'constructs' },
    terrainPackages(),
  );
  expect(Object.keys(today).sort()).toEqual(
    ['bootstrap', 'dev', 'prod'].map((stack) => join('stacks', stack, 'cdk.tf.json')),
  );
  for (const [file, stack] of Object.entries(today)) {
    expect(terrain[file]['//'].metadata.version).toBe('0.24.0');
    expect(terrain[file].terraform.required_providers.aws.source).toBe('hashicorp/aws');
    terrain[file]['//'].metadata.version = stack['//'].metadata.version;
    terrain[file].terraform.required_providers.aws.source = stack.terraform.required_providers.aws.source;
  }
  expect(terrain).toEqual(today);
});
