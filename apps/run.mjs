// Runs one app from its TypeScript source: `node apps/run.mjs <app> [arguments]`.
// esbuild bundles our own files and leaves packages outside, which starts in a fifth of the time of a TypeScript loader.
import { build, formatMessages } from 'esbuild';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const app = process.argv[2] ?? '';
// Inside the checkout, so that the bundle finds the packages; one file per process, so that no run reads another's half-written one.
const bundle = join(root, 'node_modules', '.cache', 'mlflow-on-aws', `${app}-${process.pid}.cjs`);

const settings = {
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
};
process.on('exit', () => rmSync(bundle, { force: true }));

/** Files that cannot be read, each with the first reason. */
const unreadable = new Map();
for (let built = false; !built;) {
  try {
    await build({ ...settings, plugins: [{ name: 'unreadable environments', setup: leaveOutUnreadable }] });
    built = true;
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

process.argv.splice(1, 2, app);
createRequire(import.meta.url)(bundle);
