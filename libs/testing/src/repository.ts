import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The checkout that the tests of this workspace look at. */
export const root = join(__dirname, '..', '..', '..');

const notOurs = new Set(['node_modules', 'cdktf.out', 'dist', '.git', '.nx', '.test-results']);

/** Every file of ours below a folder of the checkout, by its path in the repository. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [relative('.', path)] : [];
  });
}
