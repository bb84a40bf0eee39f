import type { Environments, WrongFile } from '@mlflow-on-aws/config';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Commands of cdktf that may name stacks; all others are about every stack. */
const commands = ['deploy', 'apply', 'destroy', 'diff', 'plan', 'output', 'outputs', 'watch'];

/**
 * The words after the command of the cdktf that runs this app, among them the stacks that are asked for; undefined without such a command.
 *
 * cdktf runs the app in the same way whatever stacks it was asked for, and tells it nothing: only its own arguments say it.
 * @param commandLines of the processes above this one, the nearest first
 */
export function wordsOf(commandLines: Iterable<readonly string[]>): readonly string[] | undefined {
  for (const line of commandLines) {
    const cdktf = line.findIndex((word) => basename(word) === 'cdktf');
    if (cdktf === -1) continue;
    const words = line.slice(cdktf + 1).filter((word) => !word.startsWith('-'));
    return commands.includes(words[0] ?? '') ? words.slice(1) : undefined;
  }
  return undefined;
}

/**
 * The wrong files that what was asked for takes: all of them where no stack is named that anybody knows.
 *
 * A word may be the value of an option as well, so that at worst more is asked for than was meant.
 * @param words of the command; undefined asks for every stack
 */
export function askedFor(
  { environments, wrong }: Environments,
  words: readonly string[] | undefined,
): readonly WrongFile[] {
  const names = [...environments.map(({ name }) => name), ...wrong.flatMap((file) => file.names)];
  // A bootstrap stack holds the roles of all its environments.
  const bootstraps = ['bootstrap', ...names.map((name) => `bootstrap-${name}`)];
  const named = (stack: string) => words?.some((word) => pattern(word).test(stack)) ?? true;
  if (bootstraps.some(named) || !names.some(named)) return wrong;
  return wrong.filter((file) => file.names.some(named));
}

/** A stack's name or a pattern, of which cdktf knows more than `*`. */
function pattern(word: string): RegExp {
  if (/[?[\]{}()!+@]/.test(word)) return /^/;
  return new RegExp(`^${word.replace(/[.\\^$|]/g, '\\$&').replaceAll('*', '.*')}$`);
}

/** Command lines of the processes above this one, the nearest first, as far as the system tells them. */
export function* commandLinesAbove(pid = process.ppid): Generator<readonly string[]> {
  for (let next: number | undefined = pid; next !== undefined && next > 1;) {
    const found = commandLine(next);
    if (found === undefined) return;
    yield found.words;
    next = found.parent;
  }
}

function commandLine(pid: number): { readonly words: readonly string[]; readonly parent?: number } | undefined {
  try {
    if (process.platform === 'linux') {
      const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return { words: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'), parent: Number(parent) };
    }
    const [parent, ...words] = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return { words, parent: Number(parent) };
  } catch {
    // A system without either: then every stack must be right.
    return undefined;
  }
}
