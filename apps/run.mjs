// Runs one app from its TypeScript source: `node apps/run.mjs <app> [arguments]`.
// esbuild bundles our own files and leaves packages outside, which starts in a fifth of the time of a TypeScript loader.
import { buildSync, formatMessagesSync } from 'esbuild';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const app = process.argv[2] ?? '';
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
process.on('exit', () => rmSync(bundle, { force: true }));
process.argv.splice(1, 2, app);
createRequire(import.meta.url)(bundle);
