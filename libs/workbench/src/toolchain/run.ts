import { spawn } from 'node:child_process';
import { elapsed, type Report } from '../progress';
import { UserError } from '@mlflow-on-aws/command-line';

/** How long a program may be silent before it is said that it still runs. */
const tickMs = 10_000;

/**
 * Runs a program that takes long, saying every ten seconds that it still runs. When this process is told to end, so is the program.
 * @param what said at its begin, and in the error
 * @returns what it printed
 * @throws UserError with the end of its output when it fails
 */
export function run(
  report: Report,
  what: string,
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  report(what);
  const began = Date.now();
  const ticking = setInterval(() => report(`${what}: ${elapsed(began)} so far`), tickMs);
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const pass = (signal: NodeJS.Signals) => {
    stopListening();
    child.kill('SIGINT'); // the one signal after which go and terraform clean up
    process.kill(process.pid, signal);
  };
  const stopListening = () => signals.forEach((signal) => process.off(signal, pass));
  signals.forEach((signal) => process.on(signal, pass));
  return new Promise<string>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', (error) => reject(new UserError(`${what} failed: cannot run ${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(stdout);
      const end = (stderr.trim() || stdout.trim()).split('\n').slice(-15).join('\n');
      reject(new UserError(`${what} failed: ${command} ${args.join(' ')} (${signal ?? `exit code ${code}`})\n${end}`));
    });
  }).finally(() => {
    clearInterval(ticking);
    stopListening();
  });
}
