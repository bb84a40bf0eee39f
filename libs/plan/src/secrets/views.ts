/** The bytes of a text as one of its readers sees them, and where each of them stands in the text. */
export interface View {
  readonly bytes: Uint8Array;
  /** Where each byte begins in the bytes of the text; without it, the view is the text. */
  readonly from?: Uint32Array;
  /** Where each byte ends there. */
  readonly to?: Uint32Array;
}

/** A part of a text, in bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a part of a view stands in the text. */
export function inText({ from, to }: View, start: number, end: number): Range {
  return { start: from?.[start] ?? start, end: to?.[end - 1] ?? end };
}

/** Collects the bytes of a view of another view. */
class Builder {
  private readonly bytes: Uint8Array;
  private readonly from: Uint32Array;
  private readonly to: Uint32Array;
  private length = 0;
  /** Whether anything reads otherwise than it is written. */
  public changed = false;

  public constructor(private readonly source: View) {
    this.bytes = new Uint8Array(source.bytes.length);
    this.from = new Uint32Array(source.bytes.length);
    this.to = new Uint32Array(source.bytes.length);
  }

  /** Adds a byte that is written from `start` to `end` in the source. */
  public add(byte: number, start: number, end: number): void {
    this.bytes[this.length] = byte;
    this.from[this.length] = this.source.from?.[start] ?? start;
    this.to[this.length++] = this.source.to?.[end - 1] ?? end;
  }

  /** Adds a character that is written from `start` to `end` in the source, in UTF-8. */
  public character(code: number, start: number, end: number): void {
    this.changed = true;
    const valid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    for (const byte of Buffer.from(String.fromCodePoint(valid ? code : 0xfffd))) this.add(byte, start, end);
  }

  public get view(): View {
    const { length } = this;
    return {
      bytes: this.bytes.subarray(0, length),
      from: this.from.subarray(0, length),
      to: this.to.subarray(0, length),
    };
  }
}

type Decoder = (source: Uint8Array, at: number, into: Builder) => number;

/** A reader of escapes: what begins one, and how it is read from there; the reader says where it ends, 0 for none. */
interface Escapes {
  readonly begin: string;
  readonly read: Decoder;
}

const latin = (source: Uint8Array, start: number, end: number): string =>
  Buffer.from(source.subarray(start, end)).toString('latin1');

/** The number that so many hexadecimal digits write, or nothing. */
function hex(source: Uint8Array, start: number, digits: number): number | undefined {
  const text = latin(source, start, start + digits);
  return text.length === digits && /^[0-9a-f]+$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}

const simple: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12, v: 11, e: 27, a: 7, '0': 0 };
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** `%2F`, of URLs. */
const percent: Escapes = {
  begin: '%',
  read(source, at, into) {
    const byte = hex(source, at + 1, 2);
    if (byte === undefined) return 0;
    into.changed = true;
    into.add(byte, at, at + 3);
    return at + 3;
  },
};

/** `\n`, `\u003c`, `\x3c`, `\74`, `\"`: of JSON, YAML, HCL, shells. */
const backslash: Escapes = {
  begin: '\\',
  read(source, at, into) {
    const sign = latin(source, at + 1, at + 2);
    if (sign === '') return 0;
    const octal = /^[0-3][0-7]{2}/.exec(latin(source, at + 1, at + 4))?.[0];
    if (octal !== undefined) {
      into.character(Number.parseInt(octal, 8), at, at + 4);
      return at + 4;
    }
    const digits = hexDigits[sign];
    const code = digits === undefined ? undefined : hex(source, at + 2, digits);
    if (digits !== undefined && code !== undefined) {
      const end = at + 2 + digits;
      // JSON writes what UTF-16 takes two words for as two escapes.
      const low = latin(source, end, end + 2) === '\\u' ? hex(source, end + 2, 4) : undefined;
      if (sign === 'u' && code >= 0xd800 && code < 0xdc00 && low !== undefined && low >= 0xdc00 && low < 0xe000) {
        into.character(0x10000 + ((code - 0xd800) << 10) + low - 0xdc00, at, end + 6);
        return end + 6;
      }
      if (sign === 'x') {
        into.changed = true;
        into.add(code, at, end);
      } else into.character(code, at, end);
      return end;
    }
    into.changed = true;
    // A line that is continued: the break and the indentation are not part of the text.
    const rest = /^\r?\n[ \t]*/.exec(latin(source, at + 1, at + 120))?.[0];
    if (rest !== undefined) return at + 1 + rest.length;
    into.add(simple[sign] ?? (source[at + 1] as number), at, at + 2);
    return at + 2;
  },
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** `&lt;`, `&#60;`, `&#x3c;`, of HTML and XML. */
const entity: Escapes = {
  begin: '&',
  read(source, at, into) {
    const [all, decimal, hexadecimal, name = ''] =
      /^&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w{2,4}));/.exec(latin(source, at, at + 12)) ?? [];
    if (all === undefined) return 0;
    const code =
      decimal === undefined
        ? hexadecimal === undefined
          ? entities[name.toLowerCase()]?.charCodeAt(0)
          : Number.parseInt(hexadecimal, 16)
        : Number(decimal);
    if (code === undefined) return 0;
    into.character(code, at, at + all.length);
    return at + all.length;
  },
};

/** `''` of YAML and SQL, `""` of CSV, `$${` and `%%{` of HCL: written twice, meant once. */
const doubled = (sign: string): Escapes => ({
  begin: sign,
  read(source, at, into) {
    if (source[at + 1] !== source[at]) return 0;
    into.changed = true;
    into.add(source[at] as number, at, at + 2);
    return at + 2;
  },
});

/** `'\''`, how a shell writes a quote between quotes. */
const shellQuote: Escapes = {
  begin: "'",
  read(source, at, into) {
    if (latin(source, at, at + 4) !== "'\\''") return 0;
    into.changed = true;
    into.add(source[at] as number, at, at + 4);
    return at + 4;
  },
};

const readers = [percent, backslash, entity, ...["'", '"', '$', '%'].map(doubled), shellQuote];

/** Escapes in escapes in escapes: JSON in JSON in a URL. */
const deepest = 6;
const mostViews = 64;
/** Long texts are seen in fewer ways: the first are those that somebody writes. */
const mostBytes = 1 << 20;

/** A text as it is and as each reader of escapes sees it, also one after the other. */
export function viewsOf(text: Uint8Array): View[] {
  const views: View[] = [{ bytes: text }];
  const most = Math.min(mostViews, Math.max(16, Math.floor(mostBytes / (text.length + 1))));
  let level: View[] = [...views];
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const deeper: View[] = [];
    for (const view of level) {
      for (const reader of readers) {
        const read = readAs(reader, view);
        if (read === undefined || views.some(({ bytes }) => Buffer.compare(bytes, read.bytes) === 0)) continue;
        views.push(read);
        deeper.push(read);
        if (views.length >= most) return views;
      }
    }
    level = deeper;
  }
  return views;
}

function readAs({ begin, read }: Escapes, view: View): View | undefined {
  const { bytes } = view;
  const sign = begin.charCodeAt(0);
  if (!bytes.includes(sign)) return undefined;
  const into = new Builder(view);
  for (let at = 0; at < bytes.length;) {
    const end = bytes[at] === sign ? read(bytes, at, into) : 0;
    if (end === 0) into.add(bytes[at] as number, at, at + 1);
    at = end === 0 ? at + 1 : end;
  }
  return into.changed ? into.view : undefined;
}

/** What each byte is without what copies often change: upper case, the kind of blanks, and the plus of a URL that is a blank. */
export const fold = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 43 || (byte >= 9 && byte <= 13)) return 32;
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
});

/** A view in which each byte is folded, and several blanks are one. */
export function folded(view: View): View {
  const into = new Builder(view);
  let last = 0;
  view.bytes.forEach((byte, at) => {
    const plain = fold[byte] as number;
    if (plain !== 32 || last !== 32) into.add(plain, at, at + 1);
    last = plain;
  });
  return into.view;
}
