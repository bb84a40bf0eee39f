// Runs one app from its TypeScript source: `node apps/run.mjs APP [arguments]`.
// esbuild bundles our own files and leaves packages outside, which starts in a fifth of the time of a TypeScript loader.
import { buildSync, formatMessagesSync } from 'esbuild';
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
  process.exit();
}
if (!apps.includes(app)) {
  fail(
    app === undefined
      ? `APP is missing, want one of ${apps.join(', ')}`
      : `APP: got ${JSON.stringify(app)}, want one of ${apps.join(', ')}; the nearest is ${closest(app, apps)}`,
  );
}

// Inside the checkout, so that the bundle finds the packages; one file per process, so that no run reads another's half-written one.
const bundle = join(root, 'node_modules', '.cache', 'mlflow-on-aws', `${app}-${process.pid}.cjs`);

try {
  buildSync({
    absWorkingDir: root,
    entryPoints: [join('apps', app, 'src', 'main.ts')],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'silent',
    tsconfig: 'tsconfig.base.json',
  });
} catch (failure) {
  process.stderr.write(failure.errors ? formatMessagesSync(failure.errors, { kind: 'error' }).join('') : failure.stack);
  process.exit(1);
}
// Whose environments are meant: not the checkout that the packages happen to be linked to.
process.env.MLFLOW_ON_AWS_CHECKOUT = root;
process.on('exit', () => rmSync(bundle, { force: true }));
process.argv.splice(1, 2, app);
createRequire(import.meta.url)(bundle);

function fail(message) {
  console.error(message);
  process.exit(1);
}
