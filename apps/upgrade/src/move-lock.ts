import { UserError } from '@mlflow-on-aws/command-line';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
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
  /**
   * Locks of other folders that this one constrains (`-c`), each beside its `.in` file: they are made again with it.
   * @default - none
   */
  readonly followers?: readonly string[];
}

/** Every file that a move of the lock may change. */
export function filesOf({ folder, before, followers = [] }: Lock): readonly string[] {
  const folders = before === undefined ? [folder] : [folder, before];
  return [
    ...folders.flatMap((each) => ['requirements.in', 'requirements.txt'].map((file) => join(each, file))),
    ...followers,
  ];
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
export function moveLock(uv: string, moving: Lock, version?: string): Moved {
  const { folder, name, before, followers = [] } = moving;
  const [input, lock] = [join(folder, 'requirements.in'), join(folder, 'requirements.txt')];
  const pin = new RegExp(`^${name}==(\\S+)$`, 'm');
  const wanted = readFileSync(input, 'utf8');
  const from = pin.exec(wanted)?.[1];
  if (from === undefined) throw new UserError(`${input}: no line "${name}==VERSION"`);

  const scratch = mkdtempSync(join(tmpdir(), 'mlflow-on-aws-upgrade-'));
  try {
    const resolve = (requirement: string): string => {
      writeFileSync(join(scratch, 'requirements.in'), wanted.replace(pin, requirement));
      compileLock(uv, join(scratch, 'requirements.txt'), requirement);
      return readFileSync(join(scratch, 'requirements.txt'), 'utf8');
    };
    const after = resolve(version === undefined ? name : `${name}==${version}`);
    assertWheels(uv, join(scratch, 'requirements.txt'));
    const to = new RegExp(`^${name}==([^\\s;]+)`, 'm').exec(after)?.[1] as string;
    const changes = changesBetween(readFileSync(lock, 'utf8'), after);
    const undo = keep(filesOf(moving));
    // What a fleet comes from: patch releases leave the schema alone, so it is the last lock of the minor release before.
    if (before !== undefined && minor(from) !== minor(to)) {
      for (const file of ['requirements.in', 'requirements.txt']) copyFileSync(join(folder, file), join(before, file));
    }
    writeFileSync(input, wanted.replace(pin, `${name}==${to}`));
    copyFileSync(join(scratch, 'requirements.txt'), lock);
    try {
      for (const follower of followers) compileLock(uv, follower, `${follower} with ${name}==${to}`);
    } catch (error) {
      undo();
      throw error;
    }
    return { from, to, changes };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Locks the `.in` file beside a lock. */
function compileLock(uv: string, lock: string, what: string): void {
  const [cwd, output] = [dirname(lock), basename(lock)];
  const args = [...compile, output.replace(/txt$/, 'in'), '--output-file', output];
  const { status, stderr, error } = spawnSync(uv, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  throw new UserError(`${what} cannot be locked, nothing is changed:\n${error?.message ?? stderr.trim()}`);
}

/** Remembers files; what it returns brings them back. */
function keep(files: readonly string[]): () => void {
  const kept = files.filter(existsSync).map((file) => [file, readFileSync(file)] as const);
  return () => kept.forEach(([file, content]) => writeFileSync(file, content));
}

const minor = (version: string): string => version.split('.').slice(0, 2).join('.');
