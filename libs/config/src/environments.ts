import { EnvironmentError, parseEnvironment } from './parse-environment';
import type { Environment } from './schema';
import { withoutSecrets } from '@mlflow-on-aws/command-line';
import { show } from './show';

/** A file that says what one environment is. */
export interface EnvironmentFile {
  /** Path from the root of the repository, `apps/dev/environment.ts`. */
  readonly path: string;
  /** Reads what it exports; may throw, since the file is a program. */
  readonly read: () => unknown;
}

/** An environment file with mistakes. */
export interface WrongFile {
  /** Path from the root of the repository. */
  readonly path: string;
  /** What people call the environment: the name of its folder, and the name in the file. */
  readonly names: readonly string[];
  /** The mistakes, a line each. */
  readonly problems: readonly string[];
}

/** What the environment files of a repository say. */
export interface Environments {
  /** The environments of the files that are right, every default filled in. */
  readonly environments: readonly Environment[];
  /** The other files. */
  readonly wrong: readonly WrongFile[];
}

interface Read {
  readonly path: string;
  readonly name: string | undefined;
  readonly environment?: Environment;
  readonly problems: readonly string[];
}

/** Reads every environment file, and tells the mistakes of all of them. */
export function readEnvironments(files: readonly EnvironmentFile[]): Environments {
  const read = files.map(readFile);
  const all = read.map((file, index) => ({
    ...file,
    problems: [...file.problems, ...nameProblems(file, read.slice(0, index))],
  }));
  return {
    environments: all.flatMap(({ environment, problems }) =>
      environment && problems.length === 0 ? [environment] : [],
    ),
    wrong: all.flatMap(({ path, name, problems }) => {
      const folder = path.split('/').at(-2);
      return problems.length === 0
        ? []
        : [{ path, names: [folder, name].filter((one) => one !== undefined), problems }];
    }),
  };
}

function readFile({ path, read }: EnvironmentFile): Read {
  let input: unknown;
  try {
    input = read();
  } catch (error) {
    // The first line: what follows is where in the bundle, which nobody wrote.
    const [message = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return { path, name: undefined, problems: [`${path}: ${withoutSecrets(message)}`] };
  }
  const given = typeof input === 'object' && input !== null && 'name' in input ? input.name : undefined;
  const name = typeof given === 'string' ? given : undefined;
  try {
    return { path, name, environment: parseEnvironment(input, path), problems: [] };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { path, name, problems: error.problems };
  }
}

/** Stacks, states and resources are told apart by the environment's name; roles reach `dev-*`, which is the beginning of `dev-2-*` too. */
function nameProblems({ path, name, environment }: Read, others: readonly Read[]): readonly string[] {
  if (name === undefined) return [];
  const taken = others.flatMap((other) => {
    if (other.name === undefined) return [];
    const got = `${path}: name: got ${show(name, 'name')}, want another`;
    if (name === other.name) return [`${got}: ${other.path} has it`];
    const sameAccount = environment?.accountId === other.environment?.accountId;
    const begins = name.startsWith(`${other.name}-`) || other.name.startsWith(`${name}-`);
    if (!begins || !sameAccount) return [];
    return [
      `${got} that does not share its beginning with ${show(other.name, 'name')} of ${other.path}: what may change ${shorter(name, other.name)}-* would change both`,
    ];
  });
  const folder = path.split('/').at(-2);
  // What belongs to an environment, such as its provider lock, is found by its folder.
  return name === folder || taken.length > 0
    ? taken
    : [`${path}: name: got ${show(name, 'name')}, want "${folder}", as its folder is called`];
}

function shorter(one: string, other: string): string {
  return one.length < other.length ? one : other;
}
