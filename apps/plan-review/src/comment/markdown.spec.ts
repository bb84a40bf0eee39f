import { code, diffFence, visible, words } from './markdown';

const point = (code: number): string => String.fromCodePoint(code);

describe('what no reader sees', () => {
  it.each([
    ['a null', 0],
    ['an escape', 0x1b],
    ['a soft hyphen', 0xad],
    ['a joiner that shows nothing', 0x34f],
    ['a filler', 0x3164],
    ['a blank of no width', 0x200b],
    ['a mark of direction', 0x200f],
    ['an override of direction', 0x202e],
    ['an isolate', 0x2066],
    ['a line separator', 0x2028],
    ['a paragraph separator', 0x2029],
    ['a byte order mark', 0xfeff],
    ['a selector of variants', 0xfe00],
    ['a later selector of variants', 0xe0100],
    ['a tag', 0xe0041],
    ['a private sign', 0xe000],
    ['half of a pair', 0xd800],
    ['a blank that does not break', 0xa0],
    ['a wide blank', 0x3000],
    ['an empty braille sign', 0x2800],
  ])('%s is shown', (_, value) => {
    const shown = `\\u{${value.toString(16)}}`;
    expect(visible(`a${point(value)}b`)).toBe(`a${shown}b`);
    expect(code(`a${point(value)}b`)).toBe(`\`a${shown}b\``);
    expect(words(`a${point(value)}b`)).toBe(`a\\\\u\\{${value.toString(16)}\\}b`);
    expect(diffFence([`+ a${point(value)}b`])).toBe(`\`\`\`diff\n+ a${shown}b\n\`\`\``);
  });

  it('and letters of every language, signs and tabs stay', () => {
    const text = 'größe 鍵 עברית ☃ ⚠️ a\tb';
    expect(visible(text)).toBe(text);
  });
});

describe('plain words', () => {
  it.each([
    ['see https://evil.example/a?b=c now', 'see `https://evil.example/a?b=c` now'],
    ['see HTTP://evil.example', 'see `HTTP://evil.example`'],
    ['see www.evil.example/x', 'see `www.evil.example/x`'],
    ['ask @everyone', 'ask `@everyone`'],
    ['ask @org/team, or a.b+c@mail.example', 'ask `@org/team`, or `a.b+c@mail.example`'],
    ['fixes #1', 'fixes `#1`'],
    ['fixes owner/name#12, gh-3', 'fixes `owner/name#12,` `gh-3`'],
    ['at 0123abc4 or owner/name@0123abc4', 'at `0123abc4` or `owner/name@0123abc4`'],
    ['costs $x$ and $$y$$', 'costs `$x$` and `$$y$$`'],
    ['in account 123456789012', 'in account 123456789012'],
    ['*a* _b_ <i> [c](d) ~e~ &amp; `f` |', '\\*a\\* \\_b\\_ \\<i\\> \\[c\\](d) \\~e\\~ &amp;amp; \\`f\\` \\|'],
    ['https://a.example/`|x', '`` https://a.example/` ``\\|x'],
  ])('%s act on nothing', (text, shown) => expect(words(text)).toBe(shown));

  it('are cut where they are no sentence any more, in time that grows with their length alone', () => {
    const began = process.cpuUsage();
    for (const part of ['a', 'a.', '#', '$', 'f', '/@']) expect(words(part.repeat(100_000)).length).toBeLessThan(3000);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000);
  });
});
