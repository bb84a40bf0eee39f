import { gzipSync } from 'node:zlib';
import { parsePlan } from '../read';
import { redactorOf } from '.';

const secret = `p@ss"word' (9) <zebra>\\&%41 löng!*`;
const redact = redactorOf(
  parsePlan(
    JSON.stringify({
      format_version: '1.2',
      planned_values: {},
      variables: { pw: { value: secret } },
      configuration: { root_module: { variables: { pw: { sensitive: true } } } },
    }),
    'plan.json',
  ),
);

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const json = (text: string): string => JSON.stringify(text);
/** Terraform's own functions, as it documents them. */
const urlencode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');
const jsonencode = (text: string): string =>
  json(text).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
const html = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&#62;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#x27;');
const ascii = (text: string): string =>
  text.replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
const wrap = (text: string, width = 12): string => text.replace(new RegExp(`.{${width}}`, 'g'), '$&\n  ');

const forms: Record<string, string> = {
  'as it is': secret,
  'in upper case': secret.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  'over two lines': secret.replace(' ', '\n      '),
  encodeURIComponent: encodeURIComponent(secret),
  'a URL with small digits': encodeURIComponent(secret).toLowerCase(),
  "Terraform's urlencode": urlencode(secret),
  'a URL in a URL': encodeURIComponent(urlencode(secret)),
  JSON: json(secret),
  'JSON in ASCII': ascii(json(secret)),
  "Terraform's jsonencode": jsonencode(secret),
  'JSON in JSON': json(json(json(secret))),
  'JSON in a URL': encodeURIComponent(json(secret)),
  'YAML in single quotes': `pw: '${secret.replace(/'/g, "''")}'`,
  'YAML in double quotes': `pw: "${secret.replace(/[\\"]/g, '\\$&').replace('ö', '\\xf6').replace('<', '\\x3c')}"`,
  'a shell': `curl -u 'a:${secret.replace(/'/g, "'\\''")}'`,
  CSV: `"${secret.replace(/"/g, '""')}"`,
  HTML: html(secret),
  'HTML in JSON': json(html(secret)),
  hexadecimal: Buffer.from(secret).toString('hex'),
  'hexadecimal in capitals': `0x${Buffer.from(secret).toString('hex').toUpperCase()}`,
  'escapes of bytes': Buffer.from(secret).toString('hex').replace(/../g, '\\x$&'),
  base64: base64(secret),
  'base64 in the middle': base64(`1${secret} and more`),
  base64url: Buffer.from(`>>>???${secret}`).toString('base64url'),
  'wrapped base64': wrap(base64(`\n${secret}\n`)),
  'wrapped base64 in JSON': json(wrap(base64(secret))),
  'base64 behind a path': `files/${base64(secret)}`,
  'base64 in a URL': encodeURIComponent(base64(`??>>${secret}`)),
  'base64 of JSON': base64(json(secret)),
  'base64 of base64': base64(`x ${base64(secret)}`),
  'base64 of UTF-16': base64(Buffer.from(secret, 'utf16le')),
  'gzip in base64': base64(gzipSync(`#cloud-config\n${secret}\n`)),
  'hexadecimal in base64 of UTF-16 on the next line': `a-long-word-before-it\n${base64(Buffer.from(Buffer.from(secret).toString('hex'), 'utf16le'))}`,
  'gzip in base64 behind a path': `policy/${base64(gzipSync(secret))}`,
  'JSON in gzip in wrapped base64': wrap(base64(gzipSync(json(secret)))),
};

/** Whether a piece of the secret can be read in a text, also by who decodes what is left. */
function shows(text: string): boolean {
  const readings = [text, ...(text.match(/[\w+/-]{8,}/g) ?? []).flatMap((run) => [base64Of(run), hexOf(run)])];
  return readings.some((reading) => /zebra|word/i.test(reading));
}
const base64Of = (run: string): string => Buffer.from(run, 'base64').toString('latin1');
const hexOf = (run: string): string => Buffer.from(run, 'hex').toString('latin1');

describe('redactorOf hides a value', () => {
  it.each(Object.entries(forms))('%s', (_, text) => {
    const redacted = redact(`before ${text} after`);
    expect(redacted).toMatch(/^before .*\(sensitive\).* after$/s);
    expect(shows(redacted)).toBe(false);
  });

  it('and not what stands beside it', () => {
    expect(redact(`user=admin ${json(secret)}, host=db`)).toBe('user=admin "(sensitive)", host=db');
    expect(redact(`größe ${secret} größe`)).toBe('größe (sensitive) größe');
  });

  it.each([
    'aGVsbG8gd29ybGQsIGhlbGxv',
    'deadbeefdeadbeef',
    'https://host/%20a%2Fb?c=d',
    '{"a":"\\n\\u00e9"}',
    '&lt;p&gt;',
  ])('and leaves %s as it is', (text) => expect(redact(text)).toBe(text));

  it('of 40 KB, in time that grows with the length alone', () => {
    const long = Array.from({ length: 40_000 }, (_, at) => 'ab'[(at * at + (at >> 3)) % 2]).join('');
    const hide = redactorOf(
      parsePlan(
        JSON.stringify({
          format_version: '1.2',
          planned_values: {},
          output_changes: {
            o: { actions: ['create'], before: null, after: [long, 'a'.repeat(40_000)], after_sensitive: true },
          },
        }),
        'plan.json',
      ),
    );
    const began = process.cpuUsage();
    expect(hide(`x ${long} y ${base64(long)} z ${'a'.repeat(39_999)}`)).toMatch(
      /^x \(sensitive\) y \(sensitive\) z a{39999}$/,
    );
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000);
  });

  it('that is too much to unpack without a look', () => {
    expect(redact(base64(gzipSync(Buffer.alloc(1 << 23))))).toBe('(sensitive)');
  });
});
