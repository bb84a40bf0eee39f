import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { filesBelow, root } from './repository';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Which of Dependabot's ecosystems moves a lock of this name. */
const ecosystems: readonly (readonly [RegExp, string])[] = [
  [/^package-lock\.json$/, 'npm'],
  [/^requirements[\w-]*\.txt$/, 'uv'],
  [/^go\.mod$/, 'gomod'],
  [/^\.terraform\.lock\.hcl$/, 'terraform'],
];

/** The locks that Dependabot does not move, by their folder or their name, and what does. */
const movedOtherwise: Readonly<Record<string, string>> = {
  'libs/tracking-server/server': '`npm run upgrade`, which tries the new packages first',
  'libs/tracking-server': '`npm run upgrade`: it holds the packages of the server, to test them',
  'apps/python-lint': '`npm run upgrade`: it holds the types of the server’s packages',
  'apps/upgrade/before': '`npm run upgrade`: it is the server’s lock before the last move',
  'libs/workbench/toolchain/aws-provider': 'a person: a commit stands in for a release, see libs/workbench/toolchain',
  '.terraform.lock.hcl': '`npm run providers -- lock`: Dependabot reads no synthesized stack',
  'apps/stacks/terrain': 'a person: it is the release of CDK Terrain that the documented step names',
};

interface Update {
  readonly 'package-ecosystem': string;
  readonly directory?: string;
  readonly directories?: readonly string[];
}
const { updates } = parse(read('.github/dependabot.yml')) as { updates: readonly Update[] };
const moved = updates.flatMap(({ 'package-ecosystem': ecosystem, directory, directories }) =>
  [...(directories ?? []), ...(directory === undefined ? [] : [directory])].map((folder) => `${ecosystem} ${folder}`),
);

const ecosystemOf = (file: string): string | undefined => ecosystems.find(([name]) => name.test(basename(file)))?.[1];
const folderOf = (lock: string): string => (dirname(lock) === '.' ? '' : dirname(lock));
const otherwise = (lock: string): string | undefined =>
  movedOtherwise[basename(lock)] ?? movedOtherwise[folderOf(lock)];
const locks = filesBelow('').filter(ecosystemOf);

test('every lock has something that moves it', () => {
  expect(locks.length).toBeGreaterThan(10);
  const still = locks.filter((lock) => !moved.includes(`${ecosystemOf(lock)} /${folderOf(lock)}`) && !otherwise(lock));
  expect(still).toEqual([]);
});

test('nothing is moved twice, and nothing that is not there', () => {
  const there = [...new Set(locks.map((lock) => `${ecosystemOf(lock)} /${folderOf(lock)}`))];
  const known = locks.flatMap((lock) => [folderOf(lock), basename(lock)]);
  expect(moved.filter((entry) => !there.includes(entry) && !entry.startsWith('github-actions'))).toEqual([]);
  expect(Object.keys(movedOtherwise).filter((folder) => !known.includes(folder))).toEqual([]);
  expect(Object.keys(movedOtherwise).filter((folder) => moved.some((entry) => entry.endsWith(` /${folder}`)))).toEqual(
    [],
  );
});

test('a Python lock that Dependabot moves says how it is made: the options are read from it', () => {
  const silent = locks
    .filter((lock) => moved.includes(`uv /${folderOf(lock)}`))
    .filter((lock) => !/^#.*\n#.* --generate-hashes --universal --python-version 3\.\d+ /.test(read(lock)));
  expect(silent).toEqual([]);
});
