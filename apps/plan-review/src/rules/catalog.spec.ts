import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindsTable, rules, rulesTable } from './catalog';

const readme = join(__dirname, '..', '..', 'README.md');
const between = /<!-- kinds -->\n[\s\S]*<!-- \/kinds -->/;
/** A table without the spaces that line its columns up. */
const cells = (text: string): string[] =>
  text.split('\n').map((line) => line.replace(/ +/g, ' ').replace(/-+/g, '-').trim());

describe('the table of rules', () => {
  it('has the kinds that the README tells of', () => {
    const text = readFileSync(readme, 'utf8');
    const wanted = `<!-- kinds -->\n\n${kindsTable()}\n\n<!-- /kinds -->`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(readme, text.replace(between, wanted));
    expect(cells(between.exec(readFileSync(readme, 'utf8'))?.[0] ?? '')).toEqual(cells(wanted));
  });

  it('prints a row for every rule, and where the stateful types come from', () => {
    const printed = rulesTable();
    expect(printed.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(rules.length + 2);
    expect(printed).toMatch(/Stateful types from cfn-lint [\d.]+ of \d{4}-\d\d-\d\d /);
    for (const { says } of rules) expect(says).not.toBe('');
  });

  it('names tests that are there', () => {
    expect(rules.map(({ tests }) => tests).filter((file) => !existsSync(join(__dirname, file)))).toEqual([]);
  });
});
