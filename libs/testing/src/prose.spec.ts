import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow, root } from './repository';

/** A sentence of more words than these is two. */
const most = 25;

/** The sentences of a page, without code, tables, pictures and where links lead. A list's items and headings are sentences of their own. */
function sentences(markdown: string): string[] {
  return markdown
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/^([ \t]*)(```|~~~)[\s\S]*?^\1\2.*$/gm, '\n')
    .replace(/^(\s*\||\[[^\]]+\]:).*$/gm, '\n')
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\][([][^)\]]*[)\]]/g, '$1')
    .replace(/`[^`]*`/g, 'CODE')
    .split(/\n\s*\n|^\s*(?:[-*]|\d+\.)\s|^#+\s/m)
    .flatMap((block) => block.replace(/\s+/g, ' ').split(/(?<=(?<!\b(?:i\.e|e\.g))[.!?]["”)*_]*)\s+/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

const words = (sentence: string): number => sentence.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

const pages = filesBelow('')
  .filter((file) => file.endsWith('.md') && !file.includes('/fixtures/'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
  .map(({ file, text }) => ({ file, text, all: sentences(text) }));

test('a sentence is found, whatever is around it', () => {
  const page =
    '# Title\n\nOne `npm run x. Y` two.\nThree [four](a b c), i.e. five? (Six.) Seven\n\n- eight\n  nine\n1. ten\n\n| a | b |\n';
  const fenced = '```sh\none two\n```\n\nafter <!-- not\n\nthis -->\n';
  expect(sentences(page + fenced)).toEqual([
    'Title',
    'One CODE two.',
    'Three four, i.e. five?',
    '(Six.)',
    'Seven',
    'eight nine',
    'ten',
    'after',
  ]);
  expect(words('One CODE - two & three.')).toBe(4);
});

test(`no sentence of a page has more than ${most} words`, () => {
  expect(pages.length).toBeGreaterThan(30);
  const long = pages.flatMap(({ file, all }) =>
    all
      .filter((sentence) => words(sentence) > most)
      .map((sentence) => `${file}: ${words(sentence)} words: ${sentence}`),
  );
  expect(long).toEqual([]);
});

test('a page says "otherwise" where it means it', () => {
  const wrong = pages.flatMap(({ file, all }) =>
    all.filter((sentence) => /(^|[,;:] )else\b(?! if)/i.test(sentence)).map((sentence) => `${file}: ${sentence}`),
  );
  expect(wrong).toEqual([]);
});

test('a link of a page leads to a file that is there', () => {
  const links = pages.flatMap(({ file, text }) =>
    [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
      .map(([, to = '']) => ({ file, to }))
      .filter(({ to }) => !/^[a-z]+:/.test(to)),
  );
  expect(links.length).toBeGreaterThan(50);
  const dead = links.filter(({ file, to }) => !existsSync(join(root, dirname(file), to)));
  expect(dead).toEqual([]);
});
