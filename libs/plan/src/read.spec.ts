import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePlan, PlanError, readPlan } from './read';

const plan = {
  format_version: '1.2',
  terraform_version: '1.11.4',
  planned_values: { root_module: {} },
  resource_changes: [
    {
      address: 'aws_s3_bucket.artifacts',
      mode: 'managed',
      type: 'aws_s3_bucket',
      name: 'artifacts',
      change: { actions: ['create'], before: null, after: { bucket: 'b', password: 'do-not-quote-me' } },
    },
  ],
};
const text = JSON.stringify(plan);
const failure = (body: string): string => {
  try {
    parsePlan(body, 'plan.json');
  } catch (error) {
    if (error instanceof PlanError) return error.message;
  }
  throw new Error('no PlanError');
};

describe('parsePlan', () => {
  it('reads a plan and leaves out what it does not know', () => {
    const read = parsePlan(JSON.stringify({ ...plan, something_new: 1 }), 'plan.json');
    expect(read.resource_changes[0]?.address).toBe('aws_s3_bucket.artifacts');
    expect(read).not.toHaveProperty('something_new');
  });

  it('reads a plan whose outputs are known only after the apply', () => {
    const outputs = { bucket: { sensitive: false }, region: { sensitive: false, value: 'us-east-1' } };
    const read = parsePlan(JSON.stringify({ ...plan, planned_values: { outputs, root_module: {} } }), 'plan.json');
    expect(read.planned_values.outputs).toEqual({ bucket: { sensitive: false }, region: outputs.region });
  });

  it.each(['1.0', '1.2', '1.99'])('accepts format %s', (format_version) => {
    expect(() => parsePlan(JSON.stringify({ ...plan, format_version }), 'plan.json')).not.toThrow();
  });

  it.each(['2.0', '0.2', 'x', 1.2, null])('refuses format %p', (format_version) => {
    expect(failure(JSON.stringify({ ...plan, format_version }))).toBe(
      `plan.json: got format_version ${JSON.stringify(format_version)}; this reads 1.x, which Terraform 1.1 and later and OpenTofu print`,
    );
  });

  it('says that truncated JSON is cut off, wherever it ends', () => {
    for (const length of [1, 40, 200, text.length - 1]) {
      expect(failure(text.slice(0, length))).toBe(
        `plan.json: is cut off: the JSON ends unfinished after ${length} characters; write it again`,
      );
    }
  });

  it('quotes nothing of what it cannot read', () => {
    expect(failure(text.replace('"do-not-quote-me"', 'do-not-quote-me'))).toMatch(/^plan\.json: is not JSON; give/);
    expect(failure(`${text.slice(0, -30)}do-not-quote-me`)).not.toContain('do-not-quote-me');
  });

  it.each([
    ['', 'is empty'],
    ['[]', 'is JSON, but no plan'],
    ['{}', 'has no format_version'],
    ['{"version":4,"serial":1}', 'is a state file'],
    ['{"format_version":"1.0","terraform_version":"1.11.4","values":{}}', 'is a state, not a plan'],
    ['{"@level":"info"}\n{"@level":"info"}', 'is the log of terraform plan -json'],
    ['Error: no plan', 'is not JSON; give'],
  ])('says what %j is', (body, problem) => {
    expect(failure(body)).toContain(`plan.json: ${problem}`);
  });

  it('names every place that is wrong', () => {
    const broken = {
      ...plan,
      resource_changes: [
        { ...plan.resource_changes[0], change: { actions: ['explode'] } },
        { type: 'x', name: 'y' },
      ],
    };
    const message = failure(JSON.stringify(broken));
    expect(message).toContain('resource_changes[0].change.actions[0]: action "explode" is not known here');
    expect(message).toContain('resource_changes[1].address: ');
    expect(message).toContain('resource_changes[1].change: ');
  });
});

describe('readPlan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads UTF-8 with a mark and UTF-16', () => {
    writeFileSync(join(folder, 'utf8.json'), `\uFEFF${text}`);
    writeFileSync(join(folder, 'utf16.json'), Buffer.from(`\uFEFF${text}`, 'utf16le'));
    expect(readPlan(join(folder, 'utf8.json')).resource_changes).toHaveLength(1);
    expect(readPlan(join(folder, 'utf16.json')).resource_changes).toHaveLength(1);
  });

  it('says what to do with a saved plan, and what is missing', () => {
    writeFileSync(join(folder, 'tfplan'), Buffer.from('PK\u0003\u0004'));
    expect(() => readPlan(join(folder, 'tfplan'))).toThrow('terraform show -json');
    expect(() => readPlan(join(folder, 'none.json'))).toThrow('there is no such file');
    expect(() => readPlan(folder)).toThrow('it is a folder');
  });
});
