import { constants, gunzipSync } from 'node:zlib';
import { inText, type Range, type View } from './views';

/** A part of a view that may be bytes written in base64 or hexadecimal, and what those bytes would be. */
export interface Run {
  /** Where it stands in the text. */
  readonly range: Range;
  /** The bytes, by each place at which the writing may begin; nothing where they are too many to look into. */
  readonly contents: readonly (Uint8Array | undefined)[];
}

const none = 255;
/** What each sign is worth in base64 or base64url; both may stand in a text. */
const worth = new Uint8Array(256).fill(none);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((sign, value) => {
  worth[sign.charCodeAt(0)] = value;
});
worth['-'.charCodeAt(0)] = 62;
worth['_'.charCodeAt(0)] = 63;

const hexWorth = new Uint8Array(256).fill(none);
[...'0123456789abcdef'].forEach((sign, value) => {
  hexWorth[sign.charCodeAt(0)] = value;
  hexWorth[sign.toUpperCase().charCodeAt(0)] = value;
});

/** Fewer signs than this write no value worth hiding. */
const shortest = 8;
/** How gzip begins. */
const gzip = Buffer.from([0x1f, 0x8b, 8]);
/** Unpacked, a piece of user data has at most 16 KB; more than this is hidden without a look. */
const mostUnpacked = 1 << 22;

/** What may be base64 or hexadecimal in a view; base64 also where it is wrapped over lines. */
export function runsIn(view: View): Run[] {
  return [
    ...signs(view, worth, true).map(({ start, end, values }) => ({
      range: inText(view, start, end),
      contents: [0, 1, 2, 3].flatMap((skip) => unpacked(packed(values, skip, 6))),
    })),
    ...signs(view, hexWorth, false).map(({ start, end, values }) => ({
      range: inText(view, start, end),
      contents: [0, 1].flatMap((skip) => unpacked(packed(values, skip, 4))),
    })),
  ];
}

interface Signs extends Range {
  readonly values: readonly number[];
}

function signs({ bytes }: View, values: Uint8Array, wrapped: boolean): Signs[] {
  const found: Signs[] = [];
  let run: number[] = [];
  let start = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const value = at < bytes.length ? (values[bytes[at] as number] as number) : none;
    if (value !== none) {
      if (run.length === 0) start = at;
      run.push(value);
      continue;
    }
    if (run.length === 0) continue;
    const next = wrapped ? nextLine(bytes, at) : at;
    if (next > at && values[bytes[next] as number] !== none) {
      at = next - 1;
      continue;
    }
    if (run.length >= shortest) found.push({ start, end: wrapped ? padded(bytes, at) : at, values: run });
    run = [];
  }
  return found;
}

/** The end of what fills up base64. */
function padded(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < at + 2 && bytes[end] === 61) end++;
  return end;
}

/** Where the next line's first sign stands, when only a line break and blanks are between; otherwise the same place. */
function nextLine(bytes: Uint8Array, at: number): number {
  let next = at;
  let breaks = false;
  while (next < bytes.length && [9, 10, 13, 32].includes(bytes[next] as number)) {
    breaks ||= bytes[next] === 10;
    next++;
  }
  return breaks && next < bytes.length ? next : at;
}

function packed(values: readonly number[], skip: number, bits: number): Uint8Array {
  const bytes = new Uint8Array(Math.floor(((values.length - skip) * bits) / 8));
  let held = 0;
  let count = 0;
  let length = 0;
  for (let at = skip; at < values.length; at++) {
    held = ((held << bits) | (values[at] as number)) & 0xffff;
    count += bits;
    if (count < 8) continue;
    count -= 8;
    bytes[length++] = (held >> count) & 0xff;
  }
  return bytes;
}

/** Bytes as they are, what they are packed from, and what they say as UTF-16. */
function unpacked(bytes: Uint8Array): (Uint8Array | undefined)[] {
  // What stands before the packed part may be signs of base64 too, such as a path.
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(gzip);
  if (packed >= 0) {
    try {
      // What is cut off is read as far as it goes.
      const limits = { maxOutputLength: mostUnpacked, finishFlush: constants.Z_SYNC_FLUSH };
      return [bytes, gunzipSync(bytes.subarray(packed), limits)];
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? [undefined] : [bytes];
    }
  }
  const zeros = bytes.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  if (zeros * 4 < bytes.length) return [bytes];
  const wide = (from: number): Uint8Array => Buffer.from(Buffer.from(bytes.subarray(from)).toString('utf16le'));
  return [bytes, wide(0), wide(1)];
}
