import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cases } from './testing/plans';
import { unexpected } from './unexpected';

const root = resolve(__dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'plan review-'));
const out = join(folder, 'comment.md');
afterAll(() => rmSync(folder, { recursive: true }));

const plan = (name: string): string => join(cases, name, 'plan.json');

/** Runs what `npm run plan-review` runs. */
function command(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'apps', 'run.mjs'), 'plan-review', ...args],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

describe('the command', () => {
  it.each([
    ['no-changes', 0],
    ['move', 2],
    ['stateful-replaced', 3],
    ['internet-opened', 3],
    ['errored', 1],
  ])('%s ends with %i', (name, status) => {
    expect(command(`prod=${plan(name)}`, '--out', out).status).toBe(status);
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(join(cases, name, 'comment.md'), 'utf8'));
  });

  it('lets through what the exceptions file lists', () => {
    const exceptions = join(folder, 'plan-exceptions.json');
    const far = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    writeFileSync(exceptions, JSON.stringify([{ address: 'aws_db_instance.backend', reason: 'planned', expiry: far }]));
    const { status, stdout } = command(`prod=${plan('stateful-replaced')}`, '--allow', exceptions);
    expect(status).toBe(2);
    expect(stdout).toContain(`Allowed until ${far}: planned.`);
  });

  it('shows policy findings, and goes on without those that it cannot read', () => {
    const policy = join(folder, 'policy.json');
    const args = [`prod=${plan('move')}`, '--policy', `prod=${policy}`, '--out', out];
    writeFileSync(
      policy,
      JSON.stringify([{ address: 'aws_vpc.main', check: 'CKV2_AWS_11', wants: 'flow logs are on' }]),
    );
    expect(command(...args).status).toBe(2);
    expect(readFileSync(out, 'utf8')).toContain('- `aws_vpc.main` flow logs are on (CKV2\\_AWS\\_11)');
    writeFileSync(policy, '[]');
    expect(command(...args).status).toBe(2);
    expect(readFileSync(out, 'utf8')).toContain('**Policy**: no new findings');
    writeFileSync(policy, '{"findings": []}');
    const { status, stderr } = command(...args);
    expect([status, stderr.trim()]).toEqual([
      1,
      `${policy}: want a list of { address, check, wants }, as npm run policy -- ENVIRONMENT --out writes`,
    ]);
    expect(readFileSync(out, 'utf8')).toContain('## ❌ Plan: failed (policy), changes (prod)');
    expect(command(`prod=${plan('move')}`, '--policy', 'dev=x.json', '--policy', 'y').stderr).toMatch(
      /--policy: dev has no plan here\n--policy: got "y", want ENVIRONMENT=FINDINGS\.json/,
    );
  });

  it('writes a comment that is not green when a plan failed or cannot be read', () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, readFileSync(plan('move'), 'utf8').slice(0, 5000));
    writeFileSync(out, 'old and green');
    const { status, stderr } = command('dev=failed', `prod=${broken}`, '--out', out);
    expect(status).toBe(1);
    expect(stderr).toContain('is cut off: the JSON ends unfinished after 5000 characters');
    expect(stderr).not.toContain('    at ');
    const comment = readFileSync(out, 'utf8');
    expect(comment).toContain('Plan: failed (dev, prod)');
    expect(comment).not.toContain('✅');
  });

  it('ends with 1 when the exceptions cannot be read, and refuses as without', () => {
    const { status, stdout, stderr } = command(
      `prod=${plan('stateful-replaced')}`,
      '--allow',
      join(folder, 'none.json'),
    );
    expect(status).toBe(1);
    expect(stderr).toContain('none.json: there is no such file');
    expect(stdout).toContain('## ❌ Plan: failed (exceptions), refused (prod)');
  });

  it('hides a value of 40 KB, and of one text in every escape, from the comment and from the log', () => {
    const { status, stdout, stderr } = command(`prod=${plan('secret-of-40kb')}`);
    expect([status, stderr]).toEqual([2, '']);
    expect(stdout).toContain('+ content = (sensitive)');
    expect(stdout).not.toContain('ak8aqkseeskqa');
  });

  it('fails with a comment, and without the words of the error, when the review itself breaks', () => {
    const deep = join(folder, 'deep.json');
    const depth = 200_000;
    const policy = `${'{"secret-of-the-depth":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const change = `{"actions":["create"],"before":null,"after":${policy}}`;
    const resource = `{"address":"a.b","type":"a","name":"b","change":${change}}`;
    writeFileSync(deep, `{"format_version":"1.2","planned_values":{},"resource_changes":[${resource}]}`);
    const { status, stdout, stderr } = command(`prod=${deep}`);
    expect(status).toBe(1);
    expect(stdout).toContain('## ❌ Plan: failed (prod)');
    expect(stderr).toMatch(/^an error of the review itself: RangeError at [\w.() :,-]+\n$/);
    expect(`${stdout}${stderr}`).not.toContain('secret-of-the-depth');
  });

  it('says so when the comment cannot be written', () => {
    const { status, stderr } = command(`prod=${plan('move')}`, '--out', join(folder, 'none', 'comment.md'));
    expect(status).toBe(1);
    expect(stderr).toContain('comment.md: the comment cannot be written there (ENOENT)');
  });

  it('says how it is called, and all that is wrong', () => {
    const { status, stderr } = command('dev=a', 'dev=b', 'plan.json');
    expect(status).toBe(1);
    expect(stderr).toContain('got "plan.json", want ENVIRONMENT=PLAN.json, such as dev=plan.json');
    expect(stderr).toContain('dev: given twice');
    const missing = command('--allow', '--plicy', 'a').stderr;
    expect(missing).toContain('--allow: the value is missing, got option "--plicy", want --allow FILE');
    expect(command().stderr).toContain('ENVIRONMENT=PLAN.json is missing');
    expect(command('palce', 'dev').stderr).toContain('the nearest is place');
    expect(command('place', 'dve').stderr).toContain('ENVIRONMENT: got "dve", want dev or prod; the nearest is dev');
  });
});

describe('an unexpected error', () => {
  it('is said by its kind and place, never by its words', () => {
    const said = unexpected(
      new TypeError('hunter2\n    at hunter2 (hunter2.js:1:1)', { cause: new RangeError('hunter2') }),
    );
    expect(said).toMatch(
      /^an error of the review itself: TypeError, caused by RangeError at \S+ \(?main\.spec\.ts:\d+/,
    );
    expect(said).not.toContain('hunter2');
    expect(unexpected('hunter2')).toBe('an error of the review itself (string)');
    expect(unexpected(Object.assign(new Error('x'), { name: 'hunter2 & more' }))).not.toContain('hunter2');
  });
});
