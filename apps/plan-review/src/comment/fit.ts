/** A part of a section that stands or falls as one. */
export interface Item {
  /** The smaller, the longer it stays. */
  readonly weight: number;
  /** Written only when there may be room for it. */
  readonly text: () => string;
}

/** A section of the comment: printed with as many of its items as there is room for, and without any of them not at all. */
export interface Section {
  readonly head: string;
  readonly foot: string;
  /** A section without items is a heading: it stays as long as there is room. */
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
/** After so many items that do not fit, the others are not even written. */
const mostMisses = 20;

/** Joins sections with the most important of their items, as many as go into so many bytes. */
export function fit(sections: readonly Section[], limit: number): Fitted {
  const kept = new Map<Item, string>();
  const open = new Set<Section>();
  let room = limit;
  const takes = (size: number): boolean => {
    if (size > room) return false;
    room -= size;
    return true;
  };
  for (const heading of sections.filter(({ items }) => items.length === 0)) {
    if (takes(bytes(heading.head) + bytes(heading.foot))) open.add(heading);
  }
  const importance = sections
    .flatMap((owner) => owner.items.map((item) => ({ owner, item })))
    .sort((a, b) => a.item.weight - b.item.weight);
  let misses = 0;
  for (const { owner, item } of importance) {
    if (misses >= mostMisses) break;
    const text = item.text();
    const frame = open.has(owner) ? 0 : bytes(owner.head) + bytes(owner.foot) + noteSize;
    if (takes(bytes(text) + frame)) {
      kept.set(item, text);
      open.add(owner);
    } else misses++;
  }
  const text = sections
    .filter((section) => open.has(section))
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
