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

/** A text as plain words, with everything that Markdown or HTML would act on made harmless. */
export function words(text: string): string {
  return visible(text)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*_{}[\]<>#|~]/g, (sign) => `\\${sign}`)
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/&/g, '&amp;');
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

/** Control characters and those that reorder text, shown as what they are. */
export function visible(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
      (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`,
    );
}
