import { UserError } from '@mlflow-on-aws/command-line';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asset } from './paths';
import { fromPip } from './pip-settings';
import { pythonEnvironment } from './python-environment';

const variables = process.env;
let folder: string;
let lock: string;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'python environment '));
  lock = join(folder, 'requirements.txt');
  said = [];
  writeFileSync(lock, 'mlflow==3.17.2 --hash=sha256:00\n');
  python('');
  // None of uv's own settings of this machine.
  const others = Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith('UV_')));
  process.env = { ...others, PATH: folder, XDG_CACHE_HOME: join(folder, 'cache') };
});
afterEach(() => {
  process.env = variables;
  rmSync(folder, { recursive: true });
});

/** A Python whose pip "installs" a uv; both write down how they were called. `install` is what uv does to install packages. */
function python(install: string, pipConfig = ''): void {
  const program = join(folder, 'python3');
  writeFileSync(
    program,
    `#!/bin/sh
echo "python $*" >> "${folder}/calls"
case "$*" in
  *ensurepip*) echo "3 12 ${program}" ;;
  "-m venv .") /bin/mkdir -p bin && /bin/cp "${program}" bin/python ;;
  *"pip config list") /bin/cat <<'END'
${pipConfig}
END
    ;;
  *"pip install"*) /bin/cat > bin/uv <<'END'
#!/bin/sh
echo "uv $* index=$UV_DEFAULT_INDEX" >> "${folder}/calls"
case "$1" in
  venv) /bin/mkdir -p bin && /bin/cp "${program}" bin/python ;;
  pip) ${install || ':'} ;;
esac
END
    /bin/chmod +x bin/uv ;;
esac
`,
  );
  chmodSync(program, 0o755);
}

const calls = (): string[] => {
  const file = join(folder, 'calls');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  rmSync(file, { force: true });
  return lines;
};
const make = () => pythonEnvironment(lock, (message) => said.push(message));

test('pip installs uv from its lock, uv the packages from theirs, both by hash and as wheels', async () => {
  const directory = await make();
  const installs = calls().filter((call) => call.includes('pip install'));
  expect(installs).toEqual([
    expect.stringMatching(/^python -m pip install .*--require-hashes --only-binary :all: --requirement .*/),
    expect.stringMatching(/^uv pip install .*--require-hashes --only-binary :all: --requirement .*/),
  ]);
  expect(installs[0]).toContain(asset('uv', 'requirements.txt'));
  expect(installs[1]).toContain(lock);
  expect(existsSync(join(directory, 'bin', 'python'))).toBe(true);
  expect(said).toContain(`installing the Python packages of ${lock}`);
});

test('the second time nothing is installed, and for another lock uv is there', async () => {
  const first = await make();
  calls();
  expect(await make()).toBe(first);
  expect(calls().filter((call) => call.includes('install'))).toEqual([]);
  writeFileSync(lock, 'moto==5.2.5 --hash=sha256:00\n');
  expect(await make()).not.toBe(first);
  expect(calls().filter((call) => call.includes('install'))).toEqual([expect.stringMatching(/^uv pip install/)]);
});

test('what uv says when it fails is told, and the next run makes the environment anew', async () => {
  python('echo "Hash mismatch for mlflow" >&2; exit 1');
  const failure = await make().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect((failure as Error).message).toContain(`installing the Python packages of ${lock} failed`);
  expect((failure as Error).message).toContain('Hash mismatch for mlflow');
  rmSync(join(folder, 'cache'), { recursive: true });
  python('');
  expect(existsSync(join(await make(), '.complete'))).toBe(true);
});

test('an interrupted environment is made anew', async () => {
  const directory = await make();
  rmSync(join(directory, '.complete'));
  writeFileSync(join(directory, 'half'), '');
  calls();
  await make();
  expect(calls()).toContainEqual(expect.stringMatching(/^uv pip install/));
  expect(existsSync(join(directory, 'half'))).toBe(false);
});

test('the index that pip is told of is uv’s too, never as an argument; one told to uv itself stays', async () => {
  python('', "global.index-url='https://user:secret@index.example.com/simple'");
  await make();
  const install = calls().find((call) => call.startsWith('uv pip'));
  expect(install).toMatch(/ index=https:\/\/user:secret@index\.example\.com\/simple$/);
  expect(install?.split(' index=')[0]).not.toContain('secret');
  process.env.UV_DEFAULT_INDEX = 'https://other.example.com/simple';
  writeFileSync(lock, 'moto==5.2.5 --hash=sha256:00\n');
  await make();
  expect(calls().find((call) => call.startsWith('uv pip'))).toMatch(/ index=https:\/\/other\.example\.com\/simple$/);
});

test.each([
  ['', {}],
  ["global.cert='/etc/ssl/company.pem'", { SSL_CERT_FILE: '/etc/ssl/company.pem' }],
  [
    "global.index-url='https://a/'\n:env:.index-url='https://b/'\ninstall.index-url='https://c/'",
    { UV_DEFAULT_INDEX: 'https://b/' },
  ],
  ["global.index-url='https://a/'\ninstall.index-url='https://c/'", { UV_DEFAULT_INDEX: 'https://c/' }],
  ["install.extra-index-url='\\nhttps://a/\\nhttps://b/'", { UV_INDEX: 'https://a/ https://b/' }],
  ["global.find-links='/wheels /more'", { UV_FIND_LINKS: '/wheels,/more' }],
  [":env:.default-timeout='180'\nglobal.no-color='true'\nfreeze.cert='x'", { UV_HTTP_TIMEOUT: '180' }],
])('pip config list %j is read as %j', (list, told) => {
  expect(fromPip(list)).toEqual(told);
});
