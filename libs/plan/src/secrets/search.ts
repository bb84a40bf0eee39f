import { fold } from './views';

/**
 * Looks for many texts at once, in time that grows with the length of the text alone (Aho and Corasick).
 *
 * A regular expression made of the texts would not do: one of 40 KB is more than the engine takes.
 */
export class Needles {
  // A trie as lists of children, which stays small however long the texts are.
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  private readonly byte: Uint8Array;
  /** The longest end of what was read that begins a text. */
  private readonly back: Int32Array;
  /** Length of the text that ends here, or 0. */
  private readonly ends: Int32Array;
  /** The longest shorter text that ends here too. */
  private readonly shorter: Int32Array;
  private readonly root = new Int32Array(256);
  private states = 1;

  public constructor(needles: readonly Uint8Array[]) {
    const most = needles.reduce((sum, { length }) => sum + length, 1);
    this.first = new Int32Array(most);
    this.next = new Int32Array(most);
    this.byte = new Uint8Array(most);
    this.back = new Int32Array(most);
    this.ends = new Int32Array(most);
    this.shorter = new Int32Array(most);
    for (const needle of needles) this.add(needle);
    this.link();
  }

  /** Calls `found` for what is looked for in a folded text: for those that end at each place, the longest first, until it takes one. */
  public search(text: Uint8Array, found: (start: number, end: number) => boolean): void {
    let state = 0;
    for (let index = 0; index < text.length; index++) {
      state = this.step(state, text[index] as number);
      let ending = this.ends[state] ? state : (this.shorter[state] as number);
      while (ending !== 0 && !found(index + 1 - (this.ends[ending] as number), index + 1))
        ending = this.shorter[ending] as number;
    }
  }

  /** Whether a text that is not folded yet holds anything that is looked for. */
  public mayHold(text: Uint8Array): boolean {
    if (this.states === 1) return false;
    let state = 0;
    let last = 0;
    for (const byte of text) {
      const plain = fold[byte] as number;
      if (plain === 32 && last === 32) continue;
      last = plain;
      state = this.step(state, plain);
      if (this.ends[state] || this.shorter[state]) return true;
    }
    return false;
  }

  private add(needle: Uint8Array): void {
    let state = 0;
    for (const byte of needle) {
      let child = this.child(state, byte);
      if (child === 0) {
        child = this.states++;
        this.byte[child] = byte;
        this.next[child] = this.first[state] as number;
        this.first[state] = child;
        if (state === 0) this.root[byte] = child;
      }
      state = child;
    }
    this.ends[state] = needle.length;
  }

  private child(state: number, byte: number): number {
    if (state === 0) return this.root[byte] as number;
    let child = this.first[state] as number;
    while (child !== 0 && this.byte[child] !== byte) child = this.next[child] as number;
    return child;
  }

  private step(state: number, byte: number): number {
    let at = state;
    for (;;) {
      const child = this.child(at, byte);
      if (child !== 0 || at === 0) return child;
      at = this.back[at] as number;
    }
  }

  /** Breadth first, so that what a state falls back to is ready before it. */
  private link(): void {
    const queue = new Int32Array(this.states);
    let length = 1;
    for (let head = 0; head < length; head++) {
      const state = queue[head] as number;
      for (let child = this.first[state] as number; child !== 0; child = this.next[child] as number) {
        const back = state === 0 ? 0 : this.step(this.back[state] as number, this.byte[child] as number);
        this.back[child] = back;
        this.shorter[child] = this.ends[back] ? back : (this.shorter[back] as number);
        queue[length++] = child;
      }
    }
  }
}
