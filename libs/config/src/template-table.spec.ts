import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { templateTable } from './template-table';

const page = join(__dirname, '..', 'templates.md');

it('the page about the templates has their defaults: UPDATE_PAGE=1 writes it', () => {
  // Prettier pads cells; spaces make no difference.
  const bare = (text: string) => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
  const text = readFileSync(page, 'utf8');
  if (process.env.UPDATE_PAGE) writeFileSync(page, `${text.split('\n| ')[0]?.trimEnd()}\n\n${templateTable()}\n`);
  expect(bare(readFileSync(page, 'utf8'))).toContain(bare(templateTable()));
});
