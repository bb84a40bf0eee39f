import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The committed dependency lock of a stack: beside the environment that it belongs to. */
export function lockFile(root: string, stack: string): string {
  // One app bootstraps every account.
  const app = stack.startsWith('bootstrap') ? 'bootstrap' : stack;
  return join(root, 'apps', app, '.terraform.lock.hcl');
}

/** Set where Terraform takes its providers from this machine's cache, such as one that was built here. */
export const ownProvider = 'MLFLOW_ON_AWS_OWN_PROVIDER';

/**
 * Puts the committed dependency lock of a stack where Terraform reads it: into the synthesized folder.
 *
 * With a provider of this machine's own it is left out, since that has another checksum.
 */
export function placeProviderLock(root: string, stack: string, outdir: string, env = process.env): void {
  const committed = lockFile(root, stack);
  const placed = join(outdir, 'stacks', stack, '.terraform.lock.hcl');
  if (!existsSync(committed)) return;
  if (!env[ownProvider]) copyFileSync(committed, placed);
  else if (existsSync(placed) && readFileSync(placed).equals(readFileSync(committed))) rmSync(placed);
}
