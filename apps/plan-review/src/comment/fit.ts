/** A part of a section that stands or falls as one. */
export interface Item {
  /** The smaller, the longer it stays. */
  readonly weight: number;
  /** Written only when there may be room for it. */
  readonly text: () => string;
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

/** Joins sections with the most important of their items, as many as go into so many bytes. */
export function fit(sections: readonly Section[], limit: number): Fitted {
  const importance = sections.flatMap(({ items }) => items).sort((a, b) => a.weight - b.weight);
  const kept = new Map<Item, string>();
  let size = sections.reduce((sum, { head, foot }) => sum + bytes(head) + bytes(foot), 0);
  for (const item of importance) {
    const text = item.text();
    kept.set(item, text);
    size += bytes(text);
    if (size > limit) break;
  }
  if (size > limit) {
    size += noteSize * sections.length;
    for (const [item, text] of [...kept].reverse()) {
      if (size <= limit) break;
      kept.delete(item);
      size -= bytes(text);
    }
  }
  const text = sections
    .map(({ head, foot, items }) => {
      const texts = items.flatMap((item) => kept.get(item) ?? []);
      const missing = items.length - texts.length;
      return head + texts.join('') + foot + (missing > 0 ? note(missing) : '');
    })
    .join('');
  return { text, leftOut: importance.length - kept.size };
}

/** A section, unless it would be empty. */
export function section(head: string, items: readonly Item[], foot = ''): Section[] {
  return items.length === 0 ? [] : [{ head, foot, items }];
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
