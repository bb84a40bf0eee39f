/** What comparisons of one policy may cost, in characters looked at, before they are given up: well below a second. */
const mostSteps = 5_000_000;

/** A comparison that would take too long to say anything of. */
export class TooLong extends Error {}

/** Compares names with IAM's patterns, `*` and `?`, whatever the case; with a budget of steps for one policy. */
export class Matcher {
  private steps = 0;
  private readonly lower = new Map<string, string>();

  /**
   * Whether a pattern takes in a name, or all of another pattern.
   *
   * Goes back to the last star only, so the time is at most length times length: no regular expression, which may take
   * time without end on a pattern with many stars.
   * @throws TooLong when the budget is used up
   */
  matches(pattern: string, name: string): boolean {
    this.step();
    if (pattern === name || pattern === '*') return true;
    const [p, n] = [this.small(pattern), this.small(name)];
    const wild = p.search(/[*?]/);
    if (wild < 0) return p === n;
    if (!n.startsWith(p.slice(0, wild))) return false;
    let [at, star, from] = [wild, -1, wild];
    for (let i = wild; i < n.length;) {
      this.step();
      if (p[at] === '*') [star, from, at] = [at, i, at + 1];
      // A star in the narrow one stands for anything, so one character of the wide one does not take it in.
      else if (at < p.length && (p[at] === n[i] || (p[at] === '?' && n[i] !== '*'))) [at, i] = [at + 1, i + 1];
      else if (star >= 0) [from, i, at] = [from + 1, from + 1, star + 1];
      else return false;
    }
    while (p[at] === '*') at += 1;
    return at === p.length;
  }

  /** Whether two texts are the same, whatever stars they have. */
  equals(one: string, other: string): boolean {
    this.step();
    return one === other;
  }

  private small(text: string): string {
    const found = this.lower.get(text);
    if (found !== undefined) return found;
    const small = text.toLowerCase();
    this.lower.set(text, small);
    return small;
  }

  private step(): void {
    this.steps += 1;
    if (this.steps > mostSteps) throw new TooLong();
  }
}

/** Whether a pattern takes in a name. */
export function matches(pattern: string, name: string): boolean {
  return new Matcher().matches(pattern, name);
}
