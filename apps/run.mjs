// Runs one app from its TypeScript source: `node apps/run.mjs APP [arguments]`.
// esbuild bundles our own files and leaves packages outside, which starts in a fifth of the time of a TypeScript loader.
import { buildSync } from 'esbuild';
import { closest } from 'fastest-levenshtein';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const apps = readdirSync(join(root, 'apps')).filter((app) => existsSync(join(root, 'apps', app, 'src', 'main.ts')));
const [app] = process.argv.slice(2);

if (app === '--help' || app === '-h') {
  console.log(
    `node apps/run.mjs APP [ARGUMENT...]\n\n  APP  ${apps.join(', ')}\n\n"node apps/run.mjs APP --help" says what it takes`,
  );
} else if (!apps.includes(app)) {
  fail(
    app === undefined
      ? `APP is missing, want one of ${apps.join(', ')}`
      : `APP: got ${JSON.stringify(app)}, want one of ${apps.join(', ')}; the nearest is ${closest(app, apps)}`,
  );
} else {
  run(app);
}

function run(app) {
  // Inside the checkout, so that the bundle finds the packages; one file per process, so that no run reads another's half-written one.
  const bundle = join(root, 'node_modules', '.cache', 'mlflow-on-aws', `${app}-${process.pid}.cjs`);
  const { inputs } = build(app, bundle);
  process.on('exit', () => rmSync(bundle, { force: true }));
  const missing = Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports
      .filter(({ external, path }) => external && /^@mlflow-on-aws\/[^/]+$/.test(path))
      .map(({ path }) => `${file} imports ${path}, but there is no apps/${path.split('/')[1]}/src/index.ts`),
  );
  if (missing.length > 0) return fail(`${missing.join('\n')}\napps/dev shows which files an environment has`);
  process.argv.splice(1, 2, app);
  createRequire(import.meta.url)(bundle);
}

function build(app, outfile) {
  try {
    return buildSync({
      absWorkingDir: root,
      entryPoints: [join('apps', app, 'src', 'main.ts')],
      outfile,
      bundle: true,
      metafile: true,
      packages: 'external',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      logLevel: 'error',
      tsconfig: 'tsconfig.base.json',
    }).metafile;
  } catch {
    // esbuild has told file, line and mistake.
    process.exit(1);
  }
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
