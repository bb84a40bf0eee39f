import type { Item } from './fit';
import { code } from './markdown';

/** A line of a list: what is said of one address. */
export interface Line {
  /** The smaller, the longer it stays. */
  readonly weight: number;
  /** The address, without secrets. */
  readonly address: string;
  /** What stands before the address. */
  readonly lead?: string;
  /** How many addresses a line of several names before it counts. @default 5 */
  readonly most?: number;
  /** What is said of it; written only when there may be room for it. */
  readonly rest: () => string;
}

/** Fewer lines than this are read faster one by one, unless a list says otherwise. */
const fewestAlike = 11;
/** So many instances of one block are one line. */
const fewestInstances = 6;
const addressesShown = 5;
const textsShown = 20;

/**
 * Lines as items of a list, in which many that say the same, or the same with other numbers and names in quotes, are one.
 *
 * Hundreds of lines that differ in a number say less than one of them and how many there are.
 */
export function grouped(lines: readonly Line[], { fewest = fewestAlike }: { readonly fewest?: number } = {}): Item[] {
  if (lines.length < Math.min(fewest, fewestInstances)) return lines.map((line) => item([line]));
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const rest = line.rest();
    const text = JSON.stringify([line.weight, line.lead, alike(rest)]);
    // Where nothing is said of them, their names are what there is to read: only instances of one block are one.
    const key = rest.trim() === '' ? `${text}${blockOf(line.address)}` : text;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  return [...groups.values()].flatMap((group) => {
    const instances = new Set(group.map(({ address }) => blockOf(address))).size === 1;
    return group.length >= Math.min(fewest, instances ? fewestInstances : fewest)
      ? [item(group)]
      : group.map((line) => item([line]));
  });
}

function item(group: readonly Line[]): Item {
  const [{ weight, lead = '' }] = group as [Line];
  return { weight, text: () => `- ${lead}${saying(group)}\n` };
}

/** What is said of whom; of several texts the rarest comes first, so that none hides among many others. */
function saying(group: readonly Line[]): string {
  const texts = new Map<string, Line[]>();
  for (const line of group) {
    const rest = line.rest();
    const same = texts.get(rest);
    if (same === undefined) texts.set(rest, [line]);
    else same.push(line);
  }
  const said = [...texts]
    .sort(([, a], [, b]) => a.length - b.length)
    .map(([rest, lines]) => `${addresses(lines)}${rest}`);
  if (said.length === 1) return said.join('');
  const shown = said.slice(0, textsShown).map((text) => `\n  - ${text.replaceAll('\n', '\n  ')}`);
  const more = said.length - shown.length;
  return `**${group.length}×** alike, the rarest first:${shown.join('')}${more > 0 ? `\n  - and ${more} more like these` : ''}`;
}

function addresses(group: readonly Line[]): string {
  const [first] = group as [Line];
  if (group.length === 1) return code(first.address);
  const names = group.slice(0, first.most ?? addressesShown).map(({ address }) => code(address));
  const more = group.length - names.length;
  return `**${group.length}×** ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A text without what tells one of many from another: numbers and what is in quotes. */
function alike(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/[0-9a-f]*\d[0-9a-f.:/]*/g, '#');
}

/** The address without the keys of its instances. */
export function blockOf(address: string): string {
  return address.replace(/\[("([^"\\]|\\.)*"|\d+)\]/g, '');
}
