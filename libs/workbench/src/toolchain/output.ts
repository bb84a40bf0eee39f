import { execFile } from 'node:child_process';

/** What a command prints, or undefined when it cannot be run or fails. */
export function output(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { env, maxBuffer: 1 << 26 }, (error, stdout) => resolve(error ? undefined : stdout));
  });
}
