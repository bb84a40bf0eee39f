import type { Action, Given, Options, Program } from './program';
import { read } from './read';
import { UserError } from './user-error';
import { oneOf, quote, unknownName } from './words';

/** Where a program speaks to. */
export interface Told {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/** Runs what an npm script stands for with the arguments of this process, and sets its exit code. */
export async function runProgram(program: Program): Promise<void> {
  process.exitCode = await execute(program, process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
  });
}

/**
 * Runs a program.
 * @returns the exit code: the action's own, or 1 where the arguments are wrong or the action failed
 */
export async function execute(program: Program, args: readonly string[], { out, error }: Told): Promise<number> {
  const end = args.indexOf('--');
  const [first] = args;
  const asked = args.slice(0, end < 0 ? undefined : end).some((word) => word === '--help' || word === '-h');
  if (asked || (first === 'help' && 'commands' in program)) {
    out(`${program.usage.trimEnd()}\n`);
    return 0;
  }
  const refuse = (problems: readonly string[]): number => {
    error(`${problems.join('\n')}\n\n"${program.name} -- --help" says how it is called\n`);
    return 1;
  };
  const chosen = choose(program, args);
  if ('problem' in chosen) return refuse([chosen.problem]);
  try {
    const given = read(chosen.action, chosen.args);
    if ('problems' in given) return refuse(given.problems);
    const code = await chosen.action.run(given as unknown as Given<Options, readonly string[]>);
    return typeof code === 'number' ? code : 0;
  } catch (thrown) {
    error(`${tell(program, thrown)}\n`);
    return 1;
  }
}

function tell({ unexpected = stackOf }: Program, thrown: unknown): string {
  return thrown instanceof UserError ? thrown.message : unexpected(thrown);
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}

type Chosen = { readonly action: Action; readonly args: readonly string[] } | { readonly problem: string };

function choose(program: Program, args: readonly string[]): Chosen {
  if ('action' in program) return { action: program.action, args };
  const { commands, otherwise } = program;
  const names = Object.keys(commands);
  // NAME=VALUE is an argument of the command that needs no name.
  const named = args[0] !== undefined && !/^-|=/.test(args[0]);
  const name = named ? args[0] : otherwise;
  if (name === undefined) {
    const before = args[0] === undefined ? '' : ` before ${quote(args[0])}`;
    return { problem: `COMMAND is missing${before}, want ${oneOf(names)}` };
  }
  const action = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (action === undefined) return { problem: unknownName('COMMAND', name, names) ?? '' };
  return { action, args: named ? args.slice(1) : args };
}
