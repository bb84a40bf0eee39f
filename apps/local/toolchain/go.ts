import { spawn } from 'node:child_process';
import { elapsed, type Report } from '../src/progress';
import { UserError } from '../src/user-error';
import { output } from './output';

/** Version of the Go toolchain on PATH, or undefined without one. */
export async function goVersion(): Promise<string | undefined> {
  return (await output('go', ['env', 'GOVERSION']))?.trim();
}

/**
 * Runs a go command, saying every ten seconds that it still runs. Checksums of modules stay verified.
 * @throws UserError with the end of its output
 */
export function runGo(report: Report, what: string, directory: string, args: readonly string[]): Promise<string> {
  report(what);
  const began = Date.now();
  const ticking = setInterval(() => report(`${what}: ${elapsed(began)} so far`), 10_000);
  return new Promise<string>((resolve, reject) => {
    const go = spawn('go', args, {
      cwd: directory,
      env: { ...process.env, GOWORK: 'off', CGO_ENABLED: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    go.stdout.on('data', (chunk) => (stdout += chunk));
    go.stderr.on('data', (chunk) => (stderr += chunk));
    go.on('error', reject);
    go.on('close', (code) =>
      code === 0
        ? resolve(stdout)
        : reject(
            new UserError(
              `${what} failed: go ${args.join(' ')}\n${stderr.trimEnd().split('\n').slice(-15).join('\n')}`,
            ),
          ),
    );
  }).finally(() => clearInterval(ticking));
}
