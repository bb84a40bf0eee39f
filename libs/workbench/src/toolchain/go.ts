import { join } from 'node:path';
import type { Report } from '../progress';
import { output } from './output';
import { run } from './run';

/** Version of the Go toolchain on PATH, or undefined without one. */
export async function goVersion(): Promise<string | undefined> {
  return (await output('go', ['env', 'GOVERSION']))?.trim();
}

/**
 * Runs a go command in a module's folder. Checksums of modules stay verified.
 * @throws UserError with the end of its output
 */
export function runGo(report: Report, what: string, module: string, args: readonly string[]): Promise<string> {
  return run(report, what, 'go', args, {
    cwd: module,
    env: { ...process.env, GOWORK: 'off', CGO_ENABLED: '0', PWD: module },
  });
}

/**
 * Compiles a program without paths of this machine in it.
 * @returns its path
 */
export async function goBuild(
  report: Report,
  what: string,
  module: string,
  program: string,
  name: string,
): Promise<string> {
  const file = join(module, name);
  // A home folder under version control must not end up in the program, nor fail the build.
  await runGo(report, what, module, ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', file, program]);
  return file;
}
