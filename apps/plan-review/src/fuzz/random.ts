/** Chance that comes again with the same seed. */
export class Random {
  public constructor(private state: number) {}

  /** A number from 0 up to 1 (mulberry32). */
  public next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, but not, the given one. */
  public below(most: number): number {
    return Math.floor(this.next() * most);
  }

  /** Whether something happens that happens so often. */
  public chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of several. */
  public of<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T;
  }

  /** So many signs of an alphabet. */
  public text(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('');
  }
}
