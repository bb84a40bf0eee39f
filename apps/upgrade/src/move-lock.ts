import { UserError } from '@mlflow-on-aws/command-line';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changesBetween, type Change } from './changes';
import { assertWheels } from './wheels';

/** A requirements lock and the package that it is about. */
export interface Lock {
  /** Folder with `requirements.in` and `requirements.txt`. */
  readonly folder: string;
  /** The package that `requirements.in` pins. */
  readonly name: string;
  /**
   * Folder that keeps the lock of the minor release before.
   * @default - none
   */
  readonly before?: string;
}

/** What a move did. */
export interface Moved {
  /** Version before. */
  readonly from: string;
  /** Version now. */
  readonly to: string;
  /** Every package that changed with it. */
  readonly changes: readonly Change[];
}

/** How every lock of this repository is made: for all systems, with hashes, without a trace of where it was made. */
const compile = [
  ...['pip', 'compile', '--quiet', '--upgrade', '--generate-hashes', '--universal', '--python-version', '3.11'],
  ...['--no-emit-index-url', '--no-annotate', '--no-header'],
];

/**
 * Moves a lock to a release of its package and to the newest of what that needs; writes nothing unless all of it resolves.
 * @param uv path of uv
 * @param version the release, or undefined for the newest
 * @throws UserError when there is no such release, no set of packages that fits, or one that a server cannot install
 */
export function moveLock(uv: string, { folder, name, before }: Lock, version?: string): Moved {
  const [input, lock] = [join(folder, 'requirements.in'), join(folder, 'requirements.txt')];
  const pin = new RegExp(`^${name}==(\\S+)$`, 'm');
  const wanted = readFileSync(input, 'utf8');
  const from = pin.exec(wanted)?.[1];
  if (from === undefined) throw new UserError(`${input}: no line "${name}==VERSION"`);

  const scratch = mkdtempSync(join(tmpdir(), 'mlflow-on-aws-upgrade-'));
  try {
    const resolve = (requirement: string): string => {
      writeFileSync(join(scratch, 'requirements.in'), wanted.replace(pin, requirement));
      const args = [...compile, 'requirements.in', '--output-file', 'requirements.txt'];
      const { status, stderr, error } = spawnSync(uv, args, { cwd: scratch, encoding: 'utf8' });
      if (status !== 0) {
        throw new UserError(`${requirement} cannot be locked, nothing is changed:\n${error?.message ?? stderr.trim()}`);
      }
      return readFileSync(join(scratch, 'requirements.txt'), 'utf8');
    };
    const after = resolve(version === undefined ? name : `${name}==${version}`);
    assertWheels(uv, join(scratch, 'requirements.txt'));
    const to = new RegExp(`^${name}==([^\\s;]+)`, 'm').exec(after)?.[1] as string;
    const changes = changesBetween(readFileSync(lock, 'utf8'), after);
    // What a fleet comes from: patch releases leave the schema alone, so it is the last lock of the minor release before.
    if (before !== undefined && minor(from) !== minor(to)) {
      for (const file of ['requirements.in', 'requirements.txt']) copyFileSync(join(folder, file), join(before, file));
    }
    writeFileSync(input, wanted.replace(pin, `${name}==${to}`));
    copyFileSync(join(scratch, 'requirements.txt'), lock);
    return { from, to, changes };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const minor = (version: string): string => version.split('.').slice(0, 2).join('.');
