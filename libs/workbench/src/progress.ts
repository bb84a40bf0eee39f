/** Elapsed time as people read it: `4.2 s`, `1 min 20 s`. */
export function elapsed(sinceMs: number, nowMs: number = Date.now()): string {
  const seconds = (nowMs - sinceMs) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Says what is going on inside a step. */
export type Report = (message: string) => void;

/** Prints steps as they begin and end, each with its time. */
export class Progress {
  private readonly started = Date.now();

  public constructor(private readonly print: (line: string) => void = (line) => process.stderr.write(`${line}\n`)) {}

  /** Runs one step: `work` may report what it is doing; its end is printed with the time it took. */
  public async step<T>(title: string, work: (report: Report) => Promise<T> | T): Promise<T> {
    const began = Date.now();
    this.print(`… ${title}`);
    try {
      const result = await work((message) => this.print(`    ${message} (${elapsed(began)})`));
      this.print(`✓ ${title} (${elapsed(began)})`);
      return result;
    } catch (error) {
      this.print(`✗ ${title} (${elapsed(began)})`);
      throw error;
    }
  }

  /** Time since the first step. */
  public get total(): string {
    return elapsed(this.started);
  }
}
