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
 * Packages that are compiled without inlining, which takes little more than half the processor time: they are nearly all of the
 * AWS provider, and wait for AWS, not for the processor.
 */
const notInlined = [
  'github.com/aws/aws-sdk-go-v2/service/...',
  'github.com/hashicorp/terraform-provider-aws/internal/service/...',
];

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
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w', ...notInlined.map((name) => `-gcflags=${name}=-l`)];
  await runGo(report, what, module, ['build', ...flags, '-o', file, program]);
  return file;
}
