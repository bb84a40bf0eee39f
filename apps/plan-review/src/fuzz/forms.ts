import { gzipSync } from 'node:zlib';
import type { Random } from './random';

type Form = (text: string, random: Random) => string;

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const json = (text: string): string => JSON.stringify(text);
const wrapped: Form = (text) => text.replace(/.{20}/g, '$&\n');

/** How a text is written inside another one. */
const escapes: Readonly<Record<string, Form>> = {
  url: (text) => encodeURIComponent(text),
  urlencode: (text) =>
    encodeURIComponent(text)
      .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
      .replace(/%20/g, '+'),
  json,
  jsonencode: (text) => json(text).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
  'json twice': (text) => json(json(text)),
  'yaml, single quotes': (text) => `key: '${text.replace(/'/g, "''")}'`,
  'yaml, a block': (text) => `key: |\n    ${text.replace(/\n/g, '\n    ')}`,
  html: (text) =>
    text
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&#34;')
      .replace(/'/g, '&#x27;'),
  shell: (text) => `echo '${text.replace(/'/g, "'\\''")}'`,
  csv: (text) => `1,"${text.replace(/"/g, '""')}",2`,
  capitals: (text) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
};

/** How a text is packed into signs that nobody reads. */
const packs: Readonly<Record<string, Form>> = {
  base64,
  'base64 in the middle': (text, random) => base64(`${random.text('ab\n', 1 + random.below(5))}${text} tail`),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'wrapped base64': (text, random) => wrapped(base64(`x ${text}`), random),
  'gzip in base64': (text) => base64(gzipSync(`#cloud-config\n${text}\n`)),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'utf-16 in base64': (text) => base64(Buffer.from(text, 'utf16le')),
};

/**
 * A text in up to three forms, one in the other.
 *
 * @param asItIs a text that is known by how it is written, such as a token of GitHub: it is nobody's in capitals
 */
export function written(text: string, random: Random, asItIs: boolean): string {
  let result = text;
  let packed = 0;
  for (let depth = random.below(4); depth > 0; depth--) {
    const packs_ = packed < 2 && random.chance(0.4);
    const all = packs_ ? packs : escapes;
    const form = random.of(Object.keys(all));
    // Nobody reads base64 or an escape in capitals.
    if (form === 'capitals' && (result !== text || asItIs)) continue;
    if (packs_) packed++;
    result = (all[form] as Form)(result, random);
  }
  return result;
}
