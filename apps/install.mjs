// Installs the locked npm packages when they are not there, or not those of the lock file. Needs no package itself.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mark = join(root, 'node_modules', '.installed-lock');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Node.js 20 or later is needed, this is ${process.version}: see https://nodejs.org`);
  process.exit(1);
}

let installed = '';
try {
  installed = readFileSync(mark, 'utf8');
} catch {
  // never installed, or interrupted
}
if (installed !== lock) {
  console.error('… Install the npm packages, once for this checkout');
  const began = Date.now();
  const { status } = spawnSync('npm', ['ci', '--no-progress', '--loglevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    console.error('\nnpm ci failed: see its message above, then run the same command again');
    process.exit(1);
  }
  writeFileSync(mark, lock);
  console.error(`✓ Install the npm packages (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}
