// Runs one app from its TypeScript source: `node apps/run.mjs APP [arguments]`.
// esbuild bundles our own files and leaves packages outside, which starts in a fifth of the time of a TypeScript loader.
import { build, formatMessages } from 'esbuild';
import { closest } from 'fastest-levenshtein';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
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
const settings = {
  absWorkingDir: root,
  entryPoints: [join('apps', app, 'src', 'main.ts')],
  outfile: bundle,
  bundle: true,
  metafile: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'silent',
  tsconfig: 'tsconfig.base.json',
};
process.on('exit', () => rmSync(bundle, { force: true }));

/** Files that cannot be read, each with the first reason. */
const unreadable = new Map();
let inputs;
while (inputs === undefined) {
  try {
    const plugins = [{ name: 'unreadable environments', setup: leaveOutUnreadable }];
    ({ inputs } = (await build({ ...settings, plugins })).metafile);
  } catch (failure) {
    const { errors = [] } = failure;
    const inEnvironments = errors.filter(
      ({ location }) => isEnvironment(location?.file) && !unreadable.has(location.file),
    );
    if (inEnvironments.length === 0) {
      const text = errors.length > 0 ? await formatMessages(errors, { kind: 'error' }) : [failure.stack];
      process.stderr.write(text.join(''));
      process.exit(1);
    }
    for (const { location, text } of inEnvironments.reverse())
      unreadable.set(location.file, `line ${location.line}: ${text}`);
  }
}

// What esbuild does not find in the checkout it takes for a package.
const missing = Object.entries(inputs).flatMap(([file, { imports }]) =>
  imports
    .filter(({ external, path }) => external && /^@mlflow-on-aws\/[^/]+$/.test(path))
    .map(({ path }) => `${file} imports ${path}, but there is no apps/${path.split('/')[1]}/src/index.ts`),
);
if (missing.length > 0) fail(`${missing.join('\n')}\napps/dev shows which files an environment has`);

process.argv.splice(1, 2, app);
createRequire(import.meta.url)(bundle);

function isEnvironment(file = '') {
  return /^apps\/[^/]+\/environment\.ts$/.test(file.replaceAll('\\', '/'));
}

/** A typo in one environment's file stops whoever asks for that environment, and nobody else: the reason is thrown when it is read. */
function leaveOutUnreadable({ onLoad }) {
  onLoad({ filter: /environment\.ts$/ }, ({ path }) => {
    const reason = unreadable.get(relative(root, path));
    return reason === undefined ? undefined : { contents: `throw new SyntaxError(${JSON.stringify(reason)});` };
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
