import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lockFile, ownProvider, placeProviderLock } from './provider-lock';

let root: string;
let outdir: string;
const placed = (stack: string): string => join(outdir, 'stacks', stack, '.terraform.lock.hcl');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lock '));
  outdir = join(root, 'cdktf.out');
  for (const stack of ['dev', 'bootstrap-prod']) mkdirSync(dirname(placed(stack)), { recursive: true });
  for (const app of ['dev', 'bootstrap']) mkdirSync(join(root, 'apps', app), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

it('Terraform reads the committed lock, whatever it wrote there before', () => {
  writeFileSync(lockFile(root, 'dev'), 'committed');
  writeFileSync(placed('dev'), 'of another provider');
  placeProviderLock(root, 'dev', outdir, {});
  expect(readFileSync(placed('dev'), 'utf8')).toBe('committed');
});

it('bootstraps of all accounts have one lock', () => {
  writeFileSync(lockFile(root, 'bootstrap'), 'committed');
  placeProviderLock(root, 'bootstrap-prod', outdir, {});
  expect(readFileSync(placed('bootstrap-prod'), 'utf8')).toBe('committed');
});

it('a provider of this machine’s own meets no committed lock, and changes none', () => {
  writeFileSync(lockFile(root, 'dev'), 'committed');
  placeProviderLock(root, 'dev', outdir, {});
  placeProviderLock(root, 'dev', outdir, { [ownProvider]: '1' });
  expect(existsSync(placed('dev'))).toBe(false);
  writeFileSync(placed('dev'), 'its own');
  placeProviderLock(root, 'dev', outdir, { [ownProvider]: '1' });
  expect(readFileSync(placed('dev'), 'utf8')).toBe('its own');
  expect(readFileSync(lockFile(root, 'dev'), 'utf8')).toBe('committed');
});

it('without a committed lock nothing happens', () => {
  placeProviderLock(root, 'dev', outdir, {});
  expect(existsSync(placed('dev'))).toBe(false);
});
