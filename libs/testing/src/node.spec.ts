import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const json = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const packages: Record<string, { name?: string; version?: string; hasInstallScript?: boolean }> =
  json('package-lock.json').packages;

test.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])(
  'no package needs a compiler on %s',
  (platform) => {
    // Everything that does something of its own when it is installed, and the packages that bring it ready made.
    const prebuilt: Readonly<Record<string, string>> = {
      '@parcel/watcher': '@parcel/watcher-',
      '@swc/core': '@swc/core-',
      esbuild: '@esbuild/',
      nx: '@nx/nx-',
      'unrs-resolver': '@unrs/resolver-binding-',
    };
    const withScript = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript);
    expect(withScript.map((path) => path.split('node_modules/').pop()).sort()).toEqual(Object.keys(prebuilt).sort());
    const missing = Object.values(prebuilt).filter(
      (name) => !Object.keys(packages).some((path) => path.startsWith(`node_modules/${name}${platform}`)),
    );
    expect(missing).toEqual([]);

    // cdktf's CLI requires its terminal library without a dependency of its own on it: it must lie at the top.
    const terminal = packages['node_modules/@cdktf/node-pty-prebuilt-multiarch'];
    expect(terminal?.name).toBe('@lydell/node-pty');
    expect(packages[`node_modules/@lydell/node-pty-${platform}`]?.version).toBe(terminal?.version);
  },
);

test('the workflows run on the newest Node that package.json names', () => {
  const engines: string = json('package.json').engines.node;
  const newest = Math.max(...engines.match(/(?<=\^)\d+/g)!.map(Number));
  const folder = join(root, '.github', 'workflows');
  const versions = readdirSync(folder).flatMap(
    (file) => readFileSync(join(folder, file), 'utf8').match(/(?<=node-version: ).+/g) ?? [],
  );
  expect(versions.length).toBeGreaterThan(0);
  expect([...new Set(versions)]).toEqual([String(newest)]);
});
