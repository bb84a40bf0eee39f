import { hidden, type Redact } from '@mlflow-on-aws/plan';
import { jsonIn, textIn } from './documents';
import { elements, isNothing, isObject, keysOf, type Marked, part } from './marks';

/** What stands for a value that AWS decides. */
export const afterApply = '(known after apply)';

/** Longest value on one line. */
export const lineWidth = 100;
const mostLines = 40;
const mostCharacters = 300;

/** A value as lines of what a person would write in Terraform, without what is sensitive and what is empty. */
export function show(marked: Marked, redact: Redact, attribute = ''): string[] {
  const whole = lines(marked, redact, attribute);
  const left = whole.length - mostLines;
  return left > 1 ? [...whole.slice(0, mostLines), `… ${left} more lines`] : whole;
}

/** A value on one line, cut when it is long. */
export function showShort(marked: Marked, redact: Redact, attribute = ''): string {
  return cut(lines(marked, redact, attribute).join(' '), 80);
}

function lines(marked: Marked, redact: Redact, attribute: string): string[] {
  const { value, sensitive, unknown } = marked;
  if (unknown === true) return [afterApply];
  if (sensitive === true) return [hidden];
  if (value === undefined && !Array.isArray(unknown) && !isObject(unknown)) return ['null'];
  if (Array.isArray(value) || Array.isArray(unknown)) {
    return wrapped(
      '[',
      ']',
      ', ',
      elements(marked).map((element) => ['', lines(element, redact, attribute)]),
    );
  }
  if (isObject(value) || isObject(unknown)) {
    const keys = keysOf(marked).filter((key) => !isNothing(part(marked, key)));
    return wrapped(
      '{',
      '}',
      ', ',
      keys.map((key) => [
        `${redact(isWord(key) ? key : JSON.stringify(key), 'name')} = `,
        lines(part(marked, key), redact, key),
      ]),
    );
  }
  if (typeof value !== 'string') return [redact(String(value))];
  const document = jsonIn(value);
  if (document !== undefined) {
    const [first = '', ...rest] = lines({ value: document }, redact, '');
    return [`JSON ${first}`, ...rest];
  }
  const text = redact(textIn(attribute, value) ?? value);
  if (text === hidden) return [hidden];
  return text.includes('\n')
    ? ['"""', ...text.replace(/\n$/, '').split('\n'), '"""']
    : [cut(JSON.stringify(text), mostCharacters)];
}

/** Whether a key reads without quotes. */
export function isWord(key: string): boolean {
  return /^[\w-]+$/.test(key);
}

function wrapped(open: string, close: string, separator: string, items: [string, string[]][]): string[] {
  if (items.length === 0) return [`${open}${close}`];
  const flat = items.map(([label, value]) => `${label}${value.join(' ')}`).join(separator);
  const space = open === '{' ? ' ' : '';
  const single = items.every(([, value]) => value.length === 1) && flat.length < lineWidth;
  if (single) return [`${open}${space}${flat}${space}${close}`];
  return [
    open,
    ...items.flatMap(([label, [first = '', ...rest]]) => [`  ${label}${first}`, ...rest.map((line) => `  ${line}`)]),
    close,
  ];
}

/** A text of at most so many characters, with how much is missing. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = [...text.slice(0, most - 20)].join('');
  return `${head}… (${text.length - head.length} more characters)`;
}
