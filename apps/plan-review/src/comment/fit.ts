/** A part of a section that stands or falls as one. */
export interface Item {
  /** The smaller, the longer it stays. */
  readonly weight: number;
  readonly text: string;
}

/** A section of the comment: printed with as many of its items as there is room for. */
export interface Section {
  readonly head: string;
  readonly foot: string;
  readonly items: readonly Item[];
}

/** What fits: the text, and how many items it lacks. */
export interface Fitted {
  readonly text: string;
  readonly leftOut: number;
}

const note = (count: number): string => `\n_… ${count} more left out here, for want of room._\n`;
// Longer than the note of any count.
const noteSize = 80;

/** Joins sections, leaving out the least important items until all is at most so many bytes. */
export function fit(sections: readonly Section[], limit: number): Fitted {
  const items = sections.flatMap((section) => section.items.map((item) => ({ item, size: bytes(item.text) })));
  const fixed = sections.reduce((sum, { head, foot }) => sum + bytes(head) + bytes(foot), 0);
  let size = fixed + items.reduce((sum, item) => sum + item.size, 0);
  const dropped = new Set<Item>();
  if (size > limit) {
    size += noteSize * sections.length;
    // Of equally important ones the last goes first.
    const leastFirst = items
      .map((entry, index) => ({ ...entry, index }))
      .sort((a, b) => b.item.weight - a.item.weight || b.index - a.index);
    for (const { item, size: own } of leastFirst) {
      if (size <= limit) break;
      dropped.add(item);
      size -= own;
    }
  }
  const text = sections
    .map(({ head, foot, items: all }) => {
      const kept = all.filter((item) => !dropped.has(item));
      const missing = all.length - kept.length;
      return head + kept.map((item) => item.text).join('') + (foot || '') + (missing > 0 ? note(missing) : '');
    })
    .join('');
  return { text, leftOut: dropped.size };
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
