import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutAbove, environmentFiles } from './environment-files';

const checkout = join(__dirname, '..', '..', '..');
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'environment files '));
  mkdirSync(join(root, 'apps'));
  copyFileSync(join(checkout, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (folder: string, text: string, file = 'environment.ts') => {
  mkdirSync(join(root, 'apps', folder), { recursive: true });
  writeFileSync(join(root, 'apps', folder, file), text);
};
const read = () =>
  environmentFiles(root).map((file) => {
    try {
      return [file.path, file.read()];
    } catch (error) {
      return [file.path, String(error)];
    }
  });

it('every folder with an environment file is one, by name', () => {
  write('staging', "const name: string = 'staging';\nexport default { name };");
  write('dev', "import { region } from './shared';\nexport default { region };");
  write('dev', "export const region = 'eu-west-1';", 'shared.ts');
  write('local', 'export {};', 'main.ts');
  expect(read()).toEqual([
    ['apps/dev/environment.ts', { region: 'eu-west-1' }],
    ['apps/staging/environment.ts', { name: 'staging' }],
  ]);
});

it('a file is a program: packages are there, and what it throws is told', () => {
  write('dev', "import { z } from 'zod';\nexport default z.string().parse('dev');");
  write('prod', "throw new Error('no account');");
  expect(read()).toEqual([
    ['apps/dev/environment.ts', 'dev'],
    ['apps/prod/environment.ts', 'Error: no account'],
  ]);
});

it('a file that is no TypeScript says in which line, and stops nobody else', () => {
  write('dev', "export default 'dev';");
  write('prod', "export default {\n  name: 'prod' oops\n};\n");
  write('test', "import './missing';");
  expect(read()).toEqual([
    ['apps/dev/environment.ts', 'dev'],
    ['apps/prod/environment.ts', 'SyntaxError: line 2: Expected "}" but found "oops"'],
    ['apps/test/environment.ts', 'SyntaxError: line 1: Could not resolve "./missing"'],
  ]);
});

it('a file without a default export says nothing of an environment', () => {
  write('dev', 'export const environment = 1;');
  expect(read()).toEqual([['apps/dev/environment.ts', undefined]]);
});

it('a checkout is told by its cdktf.json, from any folder in it', () => {
  write('dev', 'export default 1;');
  writeFileSync(join(root, 'cdktf.json'), '{}');
  expect(checkoutAbove(root)).toBe(root);
  expect(checkoutAbove(join(root, 'apps', 'dev'))).toBe(root);
  expect(() => checkoutAbove(tmpdir())).toThrow('run it in a checkout');
});
