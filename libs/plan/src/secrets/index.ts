import type { Plan } from '../plan';
import { looksSecret } from './looks';
import { isIdentifier, isOrdinary } from './ordinary';
import { runsIn } from './runs';
import { Needles } from './search';
import { type Secret, secretsOf } from './sources';
import { folded, inText, type Range, type View, viewsOf } from './views';

export { isSecretPlace } from './names';

/** What stands in the place of a sensitive value. */
export const hidden = '(sensitive)';

/**
 * Takes every secret of a plan out of a text.
 *
 * @param as what the text is; a name, such as an address or a key, is never a secret as a whole because it is an ordinary word
 */
export type Redact = (text: string, as?: 'value' | 'name') => string;

/** Base64 in gzip in base64. */
const deepest = 3;
/** Bytes that are no text have hardly ever so many of its signs in a row. */
const shortestText = 10;
/** Texts are asked for again and again: so many answers are remembered. */
const mostRemembered = 20_000;

/**
 * The redactor of plans: what is marked sensitive, the values of sensitive variables, and what looks secret, wherever they occur.
 *
 * Terraform's marks are lost where a provider copies a value, so the values themselves are looked for. A text is read as its
 * readers would read it: with the escapes of URLs, JSON, YAML, HTML and shells undone, base64 and hexadecimal decoded, gzip unpacked.
 * Ordinary words are hidden where they are marked, and where they are all of a value that an author calls sensitive.
 */
export function redactorOf(...plans: readonly Plan[]): Redact {
  const secrets = plans.flatMap(secretsOf);
  const whole = new Set(secrets.filter(({ by, text }) => by === 'author' && !isSought({ by, text })).map(textOf));
  const sought = [...new Set(secrets.filter(isSought).map(textOf))].map(needle).filter(({ length }) => length >= 4);
  const finder = new Finder(new Needles(sought));
  const remembered = new Map<string, string>();
  return (text, as = 'value') => {
    if (as === 'value' && whole.has(text)) return hidden;
    if (text.length < 4) return text;
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const redacted = without(text, finder.rangesIn(Buffer.from(text), deepest));
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(text, redacted);
    return redacted;
  };
}

const textOf = ({ text }: Secret): string => text;

/** Whether a secret is looked for inside other texts. */
function isSought({ text, by }: Secret): boolean {
  const bare = text.trim();
  if (bare.length < 4 || isOrdinary(bare)) return by === 'author' && /^\d{4,}$/.test(bare);
  if (by === 'author') return true;
  return bare.length >= 6 && !isIdentifier(bare);
}

const needle = (text: string): Uint8Array => folded({ bytes: Buffer.from(text.trim()) }).bytes;

class Finder {
  public constructor(private readonly needles: Needles) {}

  /** Where the bytes of a text hold a secret. */
  public rangesIn(bytes: Uint8Array, depth: number): Range[] {
    return viewsOf(bytes).flatMap((view) => [
      ...(this.needles.mayHold(view.bytes) ? this.sought(view) : []),
      ...looksSecret(Buffer.from(view.bytes).toString('latin1')).map(({ start, end }) => inText(view, start, end)),
      ...(depth === 0
        ? []
        : runsIn(view).flatMap(({ range, contents }) =>
            contents.some((inner) => inner === undefined || this.holds(inner, depth - 1)) ? [range] : [],
          )),
    ]);
  }

  private sought(view: View): Range[] {
    const found: Range[] = [];
    const bare = folded(view);
    this.needles.search(bare.bytes, (start, end) => {
      if (!standsAlone(bare.bytes, start, end)) return false;
      found.push(inText(bare, start, end));
      return true;
    });
    return found;
  }

  /** Whether bytes that were decoded, maybe in vain, hold a secret: as they are, or in what of them somebody can read. */
  private holds(bytes: Uint8Array, depth: number): boolean {
    if (this.needles.mayHold(bytes)) return true;
    const text = readable(bytes);
    return text.length > 0 && this.rangesIn(text, depth).length > 0;
  }
}

/** The parts without control characters in which so many signs of ASCII stand in a row, each on a line of its own. */
function readable(bytes: Uint8Array): Uint8Array {
  const wanted = Math.min(shortestText, bytes.length);
  const parts: Uint8Array[] = [];
  let start = 0;
  let row = 0;
  let longest = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 32 || (byte >= 9 && byte <= 13)) {
      row = byte < 127 ? row + 1 : 0;
      longest = Math.max(longest, row);
      continue;
    }
    if (longest > 0 && longest >= wanted) parts.push(bytes.subarray(start, at), blankLine);
    start = at + 1;
    row = longest = 0;
  }
  return Buffer.concat(parts);
}

const blankLine = Buffer.from(' \n \n');

const isSign = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122));

/** Few digits are a part of many numbers, which say nothing of them: they count where no other sign touches them. */
function standsAlone(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start >= 8 || bytes.subarray(start, end).some((byte) => byte < 48 || byte > 57)) return true;
  return !isSign(bytes[start - 1]) && !isSign(bytes[end]);
}

/** A text with these parts of its bytes hidden. */
function without(text: string, ranges: Range[]): string {
  if (ranges.length === 0) return text;
  const bytes = Buffer.from(text);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of ranges.sort((a, b) => a.start - b.start)) {
    if (start >= at) parts.push(bytes.toString('utf8', at, start), hidden);
    at = Math.max(at, end);
  }
  return [...parts, bytes.toString('utf8', at)].join('');
}
