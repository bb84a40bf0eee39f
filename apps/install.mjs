// Installs the locked npm packages when they are not there, or not those of the lock file. Needs no package itself.
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mark = join(root, 'node_modules', '.installed-lock');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 18)) {
  console.error(`Node.js 20.18 or later is needed, this is ${process.version}: see https://nodejs.org`);
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
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  const ticking = setInterval(() => console.error(`    still: npm ci (${seconds()})`), 10_000);
  const status = await new Promise((resolve) => {
    const npm = spawn('npm', ['ci', '--no-progress', '--loglevel', 'error'], { cwd: root, stdio: ['ignore', 2, 2] });
    npm.on('error', ({ message }) => resolve(console.error(message))).on('exit', resolve);
  });
  clearInterval(ticking);
  if (status !== 0) {
    console.error('\nnpm ci failed: see its message above, then run the same command again');
    process.exit(1);
  }
  writeFileSync(mark, lock);
  console.error(`✓ Install the npm packages (${seconds()})`);
}
