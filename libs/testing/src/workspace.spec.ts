import { createProjectGraphAsync, type ProjectGraph } from '@nx/devkit';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesBelow, root } from './repository';

let graph: ProjectGraph;
beforeAll(async () => {
  process.env.NX_DAEMON = 'false';
  graph = await createProjectGraphAsync({ exitOnError: false });
});

const layersOf = (project: string): readonly string[] =>
  (graph.nodes[project]?.data.tags ?? []).filter((tag) => tag.startsWith('layer:'));

test('no app imports another, but for the stacks and the environments', () => {
  const isApp = (project: string) => graph.nodes[project]?.data.root.startsWith('apps/');
  const imports = Object.values(graph.dependencies).flat();
  expect(imports.length).toBeGreaterThan(50);
  const between = imports.filter(({ source, target }) => isApp(source) && isApp(target));
  const wrong = between.filter(({ target }) => !/^layer:(stacks|environment)$/.test(layersOf(target).join()));
  expect(wrong.map(({ source, target }) => `${source} -> ${target}`)).toEqual([]);
});

test('every project is called as its folder, and has one layer and one use', () => {
  const wrong = Object.values(graph.nodes).filter(({ name, data }) => {
    const uses = (data.tags ?? []).filter((tag) => /^use:(deployed|command|maintainer)$/.test(tag));
    return basename(data.root) !== name || layersOf(name).length !== 1 || uses.length !== 1;
  });
  expect(wrong.map(({ data }) => data.root)).toEqual([]);
});

test('every spec file is run by a target, and every target runs one', () => {
  const runs = Object.values(graph.nodes).flatMap(({ name, data }) =>
    Object.entries(data.targets ?? {}).flatMap(([target, { options }]) => {
      const command = String(options?.command ?? '').replaceAll('{projectName}', name);
      const folder = new RegExp(`--selectProjects ${name}( |$)`).test(command) ? data.root : undefined;
      return folder === undefined ? [] : [{ target: `${name}:${target}`, folder, command }];
    }),
  );
  const specs = files('.spec.ts');
  const option = (command: string, name: string) => new RegExp(`--${name} '?([^' ]+)`).exec(command)?.[1];
  const ran = new Set<string>();
  const idle: string[] = [];
  for (const { target, folder, command } of runs) {
    const [wanted, ignored] = [option(command, 'testPathPatterns'), option(command, 'testPathIgnorePatterns')];
    const own = specs.filter(
      (spec) =>
        spec.startsWith(`${folder}/`) &&
        (command.includes('INTEGRATION=1') || !spec.endsWith('.integration.spec.ts')) &&
        (wanted === undefined || new RegExp(wanted).test(spec)) &&
        (ignored === undefined || !new RegExp(ignored).test(spec)),
    );
    if (own.length === 0) idle.push(target);
    for (const spec of own) ran.add(spec);
  }
  expect(specs.length).toBeGreaterThan(40);
  expect(specs.filter((spec) => !ran.has(spec))).toEqual([]);
  expect(idle).toEqual([]);
});

test('no target calls a run green in which no test ran', () => {
  const commands = Object.values(graph.nodes).flatMap(({ data }) =>
    Object.values(data.targets ?? {}).map(({ options }) => String(options?.command ?? '')),
  );
  expect(commands.filter((command) => command.includes('passWithNoTests'))).toEqual([]);
});

test('the README lists every project under its use', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const headings = { deployed: 'What is deployed', command: 'Commands', maintainer: 'For maintainers' };
  const sections = new Map(
    Object.entries(headings).map(([use, heading]) => [
      `use:${use}`,
      readme.split(`\n### ${heading}\n`)[1]?.split('\n#')[0],
    ]),
  );
  const missing = Object.values(graph.nodes).filter(
    ({ data }) => !(data.tags ?? []).some((tag) => sections.get(tag)?.includes(`](${data.root})`)),
  );
  expect(missing.map(({ data }) => data.root)).toEqual([]);
});

test('there is one class of errors that a person can mend', () => {
  const others = files('.ts')
    .filter((file) => !file.endsWith('.spec.ts'))
    .filter((file) => /class (User|Usage)Error\b/.test(readFileSync(join(root, file), 'utf8')));
  expect(others).toEqual(['libs/command-line/src/user-error.ts']);
});

function files(ending: string): string[] {
  return ['apps', 'libs'].flatMap(filesBelow).filter((file) => file.endsWith(ending));
}
