import { isSecretName, isSecretValue } from './names';
import type { Range } from './views';

/**
 * What looks secret in a text whoever wrote it: tokens of known makes, private keys, passwords in addresses, and what is
 * assigned to a name such as `DB_PASSWORD`.
 */
export function looksSecret(text: string): Range[] {
  if (text.length < 6) return [];
  return [...makes(text), ...privateKeys(text), ...assigned(text)];
}

// Every repetition is bounded or begins at the edge of a word, so that the time grows with the length of the text only.
const makers: readonly (readonly [sign: string, form: RegExp])[] = [
  ['AKIA', /AKIA[A-Z0-9]{16}\b/g],
  ['ASIA', /ASIA[A-Z0-9]{16}\b/g],
  ['AIza', /AIza[\w-]{35}/g],
  ['AGE-', /AGE-SECRET-KEY-1[A-Z0-9]{20,80}/g],
  ['gh', /gh[opsur]_[A-Za-z0-9]{20,255}/g],
  ['github_pat_', /github_pat_\w{20,255}/g],
  ['glpat-', /glpat-[\w-]{20,255}/g],
  ['xox', /xox[a-z]-[\w-]{10,255}/g],
  ['xapp-', /xapp-[\w-]{10,255}/g],
  ['hooks.slack.com', /hooks\.slack\.com\/(?:services|workflows)\/[\w/-]{10,255}/g],
  ['_live_', /\b[prs]k_live_\w{10,255}/g],
  ['_test_', /\b[rs]k_test_\w{10,255}/g],
  ['sk-', /\bsk-[\w-]{20,255}/g],
  ['npm_', /npm_[A-Za-z0-9]{36}/g],
  ['pypi-', /\bpypi-[\w-]{20,255}/g],
  ['hv', /\bhv[bsr]\.[\w-]{20,255}/g],
  ['SG.', /\bSG\.[\w-]{16,64}\.[\w-]{16,64}/g],
  ['do', /\bdo[opr]_v1_[a-f0-9]{40,80}/g],
  // A token of JSON, with or without its signature.
  ['eyJ', /\beyJ[\w-]{8,4096}\.[\w-]{8,8192}(?:\.[\w-]{0,1024})?/g],
  ['earer', /(?<=\b[Bb]earer +)[\w.~+/=-]{8,4096}/g],
  ['asic', /(?<=\b[Bb]asic +)[A-Za-z0-9+/]{12,1024}={0,2}/g],
  // user:password@host, of any scheme.
  ['://', /(?<=:\/\/[^\s:/@"'`<>]{0,128}:)(?!\$\{|\$\(|\{\{)[^\s/@"'`<>]{1,256}(?=@)/g],
];

const anyMake = new RegExp(makers.map(([sign]) => sign.replace(/[.]/g, '\\.')).join('|'));

function makes(text: string): Range[] {
  if (!anyMake.test(text)) return [];
  return makers.flatMap(([sign, form]) =>
    text.includes(sign)
      ? [...text.matchAll(form)].map(({ index, 0: { length } }) => ({ start: index, end: index + length }))
      : [],
  );
}

function privateKeys(text: string): Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf('-----BEGIN '); at >= 0; at = text.indexOf('-----BEGIN ', at + 1)) {
    const head = text.slice(at, at + 80);
    if (!/^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(head)) continue;
    const foot = text.indexOf('-----END ', at);
    const close = foot < 0 ? -1 : text.indexOf('-----', foot + 9);
    // What is cut off ends with the text, or with the quotes it stands in.
    const quote = close < 0 ? text.slice(at).search(/["'`]/) : -1;
    const end = close < 0 ? (quote < 0 ? text.length : at + quote) : close + 5;
    found.push({ start: at, end });
    at = end - 1;
  }
  return found;
}

const nameSign = /[\w.-]/;
const longestName = 100;
const longestValue = 4096;
const naming = /^(name|key|ParameterKey|OptionName)$/i;
const valued = /^(value|ParameterValue|default)$/i;

/** The values assigned to names that tell a secret: `A=b`, `a: b`, `"a":"b"`, `--a b`, and `name: A` followed by `value: b`. */
function assigned(text: string): Range[] {
  const found: Range[] = [];
  // A name that was given by `name: A`, until the next few assignments are over.
  let waiting = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign !== '=' && sign !== ':' && sign !== ' ') continue;
    const name = nameBefore(text, at);
    if (name === '' || (sign === ' ' && !name.startsWith('--'))) continue;
    const value = valueAfter(text, at);
    if (value === undefined) continue;
    const given = text.slice(value.start, value.end);
    const told = isSecretName(name.replace(/^-+/, '')) || (waiting > 0 && valued.test(name));
    if (told && isSecretValue(given)) found.push(value);
    if (naming.test(name)) waiting = isSecretName(given) ? 3 : 0;
    else waiting--;
  }
  return found;
}

function nameBefore(text: string, at: number): string {
  let end = at;
  while (end > 0 && at - end < 4 && /[\s"'\\]/.test(text[end - 1] as string)) end--;
  let start = end;
  while (start > 0 && end - start < longestName && nameSign.test(text[start - 1] as string)) start--;
  return end - start < longestName ? text.slice(start, end) : '';
}

/** The value that begins behind a sign of assignment. */
function valueAfter(text: string, at: number): Range | undefined {
  const quotedName = /["']/.test(text[at - 1] ?? '');
  let start = at + 1;
  if (text[at] === '=' && text[start] === '>') start++;
  while (start < text.length && start - at < 20 && (text[start] === ' ' || text[start] === '\t')) start++;
  const quote = /^(\\*["'`])/.exec(text.slice(start, start + 4))?.[0];
  // a:b is no assignment: it is an ARN, an action, a time.
  if (text[at] === ':' && start === at + 1 && quote === undefined && !quotedName) return undefined;
  if (quote !== undefined) {
    start += quote.length;
    return { start, end: closing(text, start, quote) };
  }
  // A reference of a shell or of Terraform is one value, whatever is in it.
  const reference = { '${': '}', '$(': ')', '{{': '}}' }[text.slice(start, start + 2)];
  const closed = reference === undefined ? -1 : text.slice(start, start + 200).indexOf(reference);
  let end = closed < 0 ? start : start + closed + 1;
  while (end < text.length && end - start < longestValue && !/[\s"'`,;&)}\]]/.test(text[end] as string)) end++;
  return end > start && (closed > 0 || !/[[{(]/.test(text[start] as string)) ? { start, end } : undefined;
}

/** Where a quoted text ends: at its quote, not at one that is escaped. */
function closing(text: string, start: number, quote: string): number {
  const limit = Math.min(text.length, start + longestValue);
  for (let end = text.indexOf(quote, start); end >= 0 && end < limit; end = text.indexOf(quote, end + 1))
    if (quote.length > 1 || text[end - 1] !== '\\') return end;
  return limit;
}
