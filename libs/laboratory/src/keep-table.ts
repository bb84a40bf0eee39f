import { checkout } from '@mlflow-on-aws/workbench';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const readme = join(checkout, 'libs', 'tracking-server', 'README.md');

/** Date and machine of a measurement, for the line above its table. */
export function whereAndWhen(): string {
  return `Measured ${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
}

/**
 * Keeps what a command measured in the tracking server's README, between the command's two marks.
 * @param name what stands in the marks: `<!-- NAME: ... -->` and `<!-- /NAME -->`
 * @throws Error when the marks are not there
 */
export function keepTable(name: string, text: string): void {
  const before = readFileSync(readme, 'utf8');
  const [, begin, end] =
    new RegExp(`(<!-- ${name}: [^>]*-->).*(<!-- /${name} -->)`, 's').exec(before) ?? ([] as string[]);
  if (begin === undefined || end === undefined) throw new Error(`${readme}: want "<!-- ${name}: ... -->" and its end`);
  const place = before.slice(before.indexOf(begin), before.indexOf(end) + end.length);
  writeFileSync(
    readme,
    before.replace(place, () => `${begin}\n\n${text}\n\n${end}`),
  );
}
