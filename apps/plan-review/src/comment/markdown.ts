// Values come from other people's clouds: nothing in them may end a code span, a fence or a table, or reach a reader's eye as
// something else.

/** A text as inline code, whatever is in it. */
export function code(text: string): string {
  const line = visible(text).replace(/\n/g, '⏎');
  const short = line.length > 300 ? `${line.slice(0, 299)}…` : line;
  const ticks = '`'.repeat(longestRun(short) + 1);
  const space = /^[` ]|[` ]$/.test(short) ? ' ' : '';
  return `${ticks}${space}${short || ' '}${space}${ticks}`;
}

/** Longer words are cut: a sentence with a document in it is none. */
const mostWords = 1000;

/**
 * What GitHub makes a link, a call or a formula of in plain words: addresses, `@name`, `#1`, `GH-1`, hashes of commits, `$x$`.
 *
 * It does so after Markdown, so that no backslash keeps it from it; inside code it does not.
 */
const acting = new RegExp(
  [
    '(?:https?|ftp):\\/\\/[^\\s|]+',
    '\\bwww\\.[^\\s|]+',
    '[\\w.+/-]{0,80}@\\w[\\w./-]*',
    '[\\w./-]{0,80}#\\d[^\\s|]*',
    '\\bGH-\\d+',
    '\\b(?=\\d*[a-f])[0-9a-f]{7,64}\\b',
    '[^\\s|$]{0,80}\\$[^\\s|]*',
  ].join('|'),
  'gi',
);

/** A text as plain words, with everything that Markdown, HTML or GitHub would act on made harmless. */
export function words(text: string): string {
  const line = visible(text).replace(/\s*\n\s*/g, ' ');
  const short = line.length > mostWords ? `${[...line.slice(0, mostWords)].join('')}…` : line;
  let plain = 0;
  let result = '';
  for (const { 0: match, index } of short.matchAll(acting)) {
    result += escaped(short.slice(plain, index)) + code(match);
    plain = index + match.length;
  }
  return result + escaped(short.slice(plain));
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, (sign) => `\\${sign}`).replace(/&/g, '&amp;');
}

/** What opens and closes a fenced diff of these lines, which GitHub colours; nothing in them can close it. */
export function fence(lines: readonly string[]): [open: string, close: string] {
  const ticks = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${ticks}diff`, ticks];
}

/** Lines as a fenced diff. */
export function diffFence(lines: readonly string[]): string {
  const [open, close] = fence(lines);
  return [open, ...lines.map(visible), close].join('\n');
}

/** A part that is folded until a reader opens it. */
export function folded(summary: string): [string, string] {
  return [`<details><summary>${summary}</summary>\n\n`, '</details>\n'];
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

/**
 * What no reader sees, or what looks like a blank or reorders text, shown as what it is: control and format characters, tags,
 * selectors of variants, separators of lines, private signs, and blanks of other kinds.
 */
const unseen = /(?![\t\n \ufe0f])[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A text of which nothing hides. */
export function visible(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(unseen, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}
