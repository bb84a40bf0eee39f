/** An option: with `value`, the name of its value in the usage, it takes one; otherwise it is a flag. */
export interface Option {
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly multiple?: boolean;
}

/** The options of a command by their long name, without the dashes. */
export type Options = Readonly<Record<string, Option>>;

/** What was given for each option. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { readonly value: string }
    ? O[K] extends { readonly multiple: true }
      ? readonly string[]
      : string | undefined
    : boolean;
};

/** What was given for each argument: `NAME` is there, `[NAME]` may be, `NAME...` is one or more, `[NAME...]` any number. */
export type Positionals<P extends readonly string[]> = P extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? First extends `${string}...` | `${string}...]`
    ? readonly string[]
    : readonly [First extends `[${string}]` ? string | undefined : string, ...Positionals<Rest>]
  : readonly [];

/** What the person at the keyboard gave. */
export interface Given<O extends Options, P extends readonly string[]> {
  readonly options: Values<O>;
  readonly positionals: Positionals<P>;
}

/** One thing that a program does. */
export interface Action<O extends Options = Options, P extends readonly string[] = readonly string[]> {
  /** @default none */
  readonly options?: O;
  /**
   * Its arguments in the notation of a usage: `NAME`, `[NAME]`, `NAME...` or `[NAME...]`, the last two at the end only.
   * @default none
   */
  readonly positionals?: P;
  /**
   * What an argument may be, by its name without brackets and dots; asked for only where one was given or is missing.
   * @default anything
   */
  readonly choices?: Readonly<Record<string, () => readonly string[]>>;
  /**
   * Does it.
   * @returns the exit code; 0 where it is no number
   */
  readonly run: (given: Given<O, P>) => unknown;
}

interface Described {
  /** How it is called, without arguments: `npm run cost`. */
  readonly name: string;
  /** What `--help` prints. */
  readonly usage: string;
  /**
   * What is said of an error that is no `UserError`.
   * @default its stack
   */
  readonly unexpected?: (error: unknown) => string;
}

/** A program that does one thing. */
export interface SingleProgram extends Described {
  readonly action: Action;
}

/** A program that does several things, by the command that comes first. */
export interface CommandProgram extends Described {
  readonly commands: Readonly<Record<string, Action>>;
  /**
   * The command that runs where none is named.
   * @default a command must be named
   */
  readonly otherwise?: string;
}

/** What stands behind one npm script. */
export type Program = SingleProgram | CommandProgram;

/** Gives `run` the types of its options and arguments, as they are written beside it. */
export function action<
  const O extends Options = Record<never, Option>,
  const P extends readonly string[] = readonly [],
>(written: Action<O, P>): Action {
  return written as unknown as Action;
}
