import { UserError } from '@mlflow-on-aws/command-line';
import type { EnvironmentFile } from '@mlflow-on-aws/config';
import { buildSync, type BuildFailure } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The checkout that a folder is in. Not the one that the packages are linked to, which may be another.
 * @throws UserError when it is in none
 */
export function checkoutAbove(folder: string): string {
  if (existsSync(join(folder, 'cdktf.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new UserError(`no cdktf.json in ${process.cwd()} or above: run it in a checkout`);
  return checkoutAbove(above);
}

/**
 * The environment files of a checkout: `environment.ts` of every folder in `apps` that has one, by name.
 *
 * Each is read when it is asked for, so that a mistake in one stops nobody who asks for another.
 */
export function environmentFiles(root: string): readonly EnvironmentFile[] {
  return readdirSync(join(root, 'apps'))
    .filter((folder) => existsSync(join(root, 'apps', folder, 'environment.ts')))
    .sort()
    .map((folder) => ({
      path: `apps/${folder}/environment.ts`,
      read: () => exportOf(root, join('apps', folder, 'environment.ts')),
    }));
}

/**
 * What a TypeScript file exports as default.
 * @throws SyntaxError with the line, and whatever the file throws
 */
function exportOf(root: string, file: string): unknown {
  const loaded: { exports: { readonly default?: unknown } } = { exports: {} };
  // The file is a program of this repository, no more and no less than the apps are.
  new Function('module', 'exports', 'require', bundled(root, file))(
    loaded,
    loaded.exports,
    createRequire(join(root, file)),
  );
  return loaded.exports.default;
}

function bundled(root: string, file: string): string {
  try {
    const { outputFiles } = buildSync({
      absWorkingDir: root,
      entryPoints: [file],
      bundle: true,
      format: 'cjs',
      packages: 'external',
      platform: 'node',
      target: 'node20',
      tsconfig: 'tsconfig.base.json',
      write: false,
      logLevel: 'silent',
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (first === undefined) throw error;
    throw new SyntaxError(`${first.location ? `line ${first.location.line}: ` : ''}${first.text}`);
  }
}
