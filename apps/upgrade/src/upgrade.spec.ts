import { GitHub } from '@mlflow-on-aws/github';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changesBetween, moveLock, openPullRequest } from './index';
import { FakePulls } from './testing/fake-pulls';

describe('what changed', () => {
  it('is told by name, with what came and went', () => {
    const before =
      'a==1 \\\n    --hash=sha256:0\nb==1 \\\nc==1 ; python_version < "3.12" \\\nc==2 ; python_version >= "3.12" \\\n';
    const after = 'b==1 \\\nc==2 \\\nd==1 \\\n';
    expect(changesBetween(before, after)).toEqual([
      { name: 'a', from: '1', to: undefined },
      { name: 'c', from: '1, 2', to: '2' },
      { name: 'd', from: undefined, to: '1' },
    ]);
  });
});

describe('moving a lock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'move lock '));
    writeFileSync(join(folder, 'requirements.in'), '# why\nmlflow==1.0\nother\n');
    writeFileSync(join(folder, 'requirements.txt'), 'mlflow==1.0 \\\nother==1 \\\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const input = () => readFileSync(join(folder, 'requirements.in'), 'utf8');

  /** A uv that locks what is asked, or the newest release, 2.1; there is no 9. */
  function uv(): string {
    const program = join(folder, 'uv');
    const script = `echo "$@" >> '${folder}/args'
if [ "$2" = install ]; then if grep -q '^mlflow==8' requirements.txt; then echo "no wheel" >&2; exit 1; fi; exit 0; fi
case "$*" in *refused.in*) echo 'no set fits' >&2; exit 1;; *follower*) cat "${folder}/requirements.txt" > follower.txt; exit 0;; esac
if grep -q '^mlflow==9' requirements.in; then echo 'no solution found' >&2; exit 1; fi
if grep -q '^mlflow==' requirements.in; then grep '^mlflow==' requirements.in > requirements.txt; else echo 'mlflow==2.1' > requirements.txt; fi
echo 'other==2' >> requirements.txt`;
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    return program;
  }

  it('takes the newest release, or the one that is named, and keeps the rest of the file', () => {
    expect(moveLock(uv(), { folder, name: 'mlflow' })).toMatchObject({
      from: '1.0',
      to: '2.1',
      changes: [{ name: 'mlflow' }, { name: 'other', from: '1', to: '2' }],
    });
    expect(input()).toBe('# why\nmlflow==2.1\nother\n');
    expect(moveLock(uv(), { folder, name: 'mlflow' }, '2.0').to).toBe('2.0');
    expect(input()).toBe('# why\nmlflow==2.0\nother\n');
    expect(readFileSync(join(folder, 'args'), 'utf8')).toContain(
      '--generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header',
    );
  });

  it('finds wheels for both architectures', () => {
    moveLock(uv(), { folder, name: 'mlflow' });
    const installed = readFileSync(join(folder, 'args'), 'utf8').match(/^pip install .*/gm);
    expect(installed?.map((args) => /--python-platform (\S+)/.exec(args)?.[1])).toEqual([
      'x86_64-manylinux_2_34',
      'aarch64-manylinux_2_34',
    ]);
    for (const args of installed ?? []) expect(args).toContain('--require-hashes --only-binary :all:');
  });

  it('keeps the lock of the minor release before, and that alone', () => {
    const before = join(folder, 'before');
    mkdirSync(before);
    const kept = () => ['in', 'txt'].map((end) => readFileSync(join(before, `requirements.${end}`), 'utf8'));
    moveLock(uv(), { folder, name: 'mlflow', before });
    expect(kept()).toEqual(['# why\nmlflow==1.0\nother\n', 'mlflow==1.0 \\\nother==1 \\\n']);
    moveLock(uv(), { folder, name: 'mlflow', before }, '2.1.3');
    expect(kept()[0]).toContain('mlflow==1.0');
    moveLock(uv(), { folder, name: 'mlflow', before }, '2.2');
    expect(kept()[0]).toContain('mlflow==2.1.3');
  });

  it('locks again what the lock constrains, after it', () => {
    moveLock(uv(), { folder, name: 'mlflow', followers: [join(folder, 'follower.txt')] });
    expect(readFileSync(join(folder, 'follower.txt'), 'utf8')).toContain('mlflow==2.1');
    expect(readFileSync(join(folder, 'args'), 'utf8')).toMatch(
      /--no-header follower\.in --output-file follower\.txt$/m,
    );
  });

  it('changes nothing when what it constrains cannot be locked', () => {
    const followers = ['follower.txt', 'refused.txt'].map((file) => join(folder, file));
    followers.forEach((file) => writeFileSync(file, 'as it was'));
    const kept = (): string[] => [
      input(),
      ...['requirements.txt', 'follower.txt'].map((f) => readFileSync(join(folder, f), 'utf8')),
    ];
    const before = kept();
    expect(() => moveLock(uv(), { folder, name: 'mlflow', followers })).toThrow(/refused\.txt.*\nno set fits/);
    expect(kept()).toEqual(before);
  });

  it.each([
    ['there is no such release', '9', 'no solution found'],
    ['a server cannot install it', '8', /x86_64.* cannot install it.*\nno wheel/],
  ])('changes nothing when %s', (_, version, told) => {
    const before = readFileSync(join(folder, 'requirements.txt'), 'utf8');
    expect(() => moveLock(uv(), { folder, name: 'mlflow' }, version)).toThrow(told);
    expect([input(), readFileSync(join(folder, 'requirements.txt'), 'utf8')]).toEqual([
      '# why\nmlflow==1.0\nother\n',
      before,
    ]);
  });
});

describe('the pull request', () => {
  const fake = new FakePulls();
  afterAll(() => fake.stop());

  it('is opened once, and brought up to date afterwards', async () => {
    const github = new GitHub({ api: await fake.start(), repository: 'o/r', token: 'the-token' });
    const proposal = { branch: 'upgrade/mlflow', title: 'MLflow 1 to 2', body: 'all', files: { 'a/b.txt': 'new' } };
    expect(await openPullRequest(github, 'o', proposal)).toBe('https://github.test/3');
    const first = fake.branch;
    expect(fake.files).toEqual({ 'a/b.txt': 'new' });
    await openPullRequest(github, 'o', { ...proposal, title: 'MLflow 1 to 3' });
    expect(fake.branch).not.toBe(first);
    expect(fake.pulls).toEqual([
      expect.objectContaining({ title: 'MLflow 1 to 3', head: 'upgrade/mlflow', base: 'main' }),
    ]);
  });
});
