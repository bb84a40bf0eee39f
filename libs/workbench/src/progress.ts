/** Elapsed time as people read it: `4.2 s`, `1 min 20 s`. */
export function elapsed(sinceMs: number, nowMs: number = Date.now()): string {
  // Rounded before it is split: 119.7 s are 2 minutes, not "1 min 60 s".
  const tenths = Math.round((nowMs - sinceMs) / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round((nowMs - sinceMs) / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Says what is going on inside a step. */
export type Report = (message: string) => void;

/** How long a step may be silent before it is said again what it does: a second more than programs that say so themselves (`run`). */
const tickMs = 11_000;

/** Prints steps as they begin and end, each with its time. */
export class Progress {
  private readonly started = Date.now();

  public constructor(private readonly print: (line: string) => void = (line) => process.stderr.write(`${line}\n`)) {}

  /** Runs one step: `work` may report what it is doing; its end is printed with the time it took. */
  public async step<T>(title: string, work: (report: Report) => Promise<T> | T): Promise<T> {
    const began = Date.now();
    this.print(`… ${title}`);
    let doing = title;
    const stillDoing = () => this.print(`    still: ${doing} (${elapsed(began)})`);
    const ticking = setInterval(stillDoing, tickMs);
    try {
      const result = await work((message) => {
        doing = message;
        ticking.refresh();
        this.print(`    ${message} (${elapsed(began)})`);
      });
      this.print(`✓ ${title} (${elapsed(began)})`);
      return result;
    } catch (error) {
      this.print(`✗ ${title} (${elapsed(began)})`);
      throw error;
    } finally {
      clearInterval(ticking);
    }
  }

  /** Time since the first step. */
  public get total(): string {
    return elapsed(this.started);
  }
}
