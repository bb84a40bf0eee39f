import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExceptionsError, type PlanException, readExceptions } from './exceptions';
import { review } from './review';
import { commentOn, now, planOf, planWith } from './testing/plans';

const database = { type: 'aws_db_instance', name: 'backend', before: { identifier: 'db' } };
const gone = planWith([database]);
const exception: PlanException = {
  address: 'aws_db_instance.backend',
  reason: 'moved to the cluster',
  expiry: '2026-11-24',
};
const verdict = (plan: typeof gone, ...exceptions: PlanException[]): string =>
  review([{ environment: 'prod', plan }], { exceptions, now }).verdict;

describe('the gate', () => {
  it('refuses what prevent_destroy does not: a stateful resource whose block is removed', () => {
    // The configuration before this plan had prevent_destroy; Terraform planned the destroy without a word.
    expect(verdict(planOf('prevent-destroy-removed'))).toBe('refused');
    expect(commentOn(planOf('prevent-destroy-removed'))).toContain('its block is no longer in the configuration');
  });

  it.each([
    ['destroyed', gone],
    ['replaced', planWith([{ ...database, actions: ['create', 'delete'], after: {} }])],
    ['destroyed as a left-over', planWith([{ ...database, deposed: '1a2b3c4d' }])],
    [
      'destroyed in a later plan',
      planWith([], { deferred_changes: [{ reason: 'absent_prereq', resource_change: gone.resource_changes[0] }] }),
    ],
  ])('refuses a database that is %s', (_, plan) => {
    expect(verdict(plan)).toBe('refused');
    expect(verdict(plan, exception)).toBe('changes');
  });

  it('lets a stateful resource be forgotten, changed and made', () => {
    expect(verdict(planWith([{ ...database, actions: ['forget'] }]))).toBe('changes');
    expect(verdict(planWith([{ ...database, after: { identifier: 'db' } }]))).toBe('changes');
    expect(verdict(planWith([{ type: 'aws_db_instance', after: {} }]))).toBe('changes');
  });

  it('lets a stateless resource go', () => {
    expect(verdict(planWith([{ type: 'aws_instance', before: {} }]))).toBe('changes');
  });

  it.each<[string, Partial<PlanException>, string]>([
    ['on its last day', {}, 'changes'],
    ['the day after', { expiry: '2026-11-23' }, 'refused'],
    ['for this environment', { environment: 'prod' }, 'changes'],
    ['for another environment', { environment: 'dev' }, 'refused'],
    ['for another address', { address: 'aws_db_instance.other' }, 'refused'],
    ['for an instance of it', { address: 'aws_db_instance.backend[0]' }, 'refused'],
  ])('takes an exception %s', (_, parts, expected) => {
    expect(verdict(gone, { ...exception, ...parts })).toBe(expected);
  });

  it('says which exception ended, which one counted and which is of no use', () => {
    expect(commentOn(gone, { exceptions: [{ ...exception, expiry: '2026-11-01' }] })).toContain(
      'its exception ended on 2026-11-01',
    );
    const comment = commentOn(gone, { exceptions: [exception, { ...exception, address: 'aws_s3_bucket.old' }] });
    expect(comment).toContain('Allowed until 2026-11-24: moved to the cluster.');
    expect(comment).toContain('- `aws_s3_bucket.old`, until 2026-11-24');
  });

  it('weighs a missing plan more than a refused one, and that more than changes', () => {
    const of = (...plans: Parameters<typeof review>[0][number]['plan'][]): string =>
      review(
        plans.map((plan, index) => ({ environment: `e${index}`, plan })),
        { now },
      ).verdict;
    expect(of(planOf('no-changes'), planOf('move'))).toBe('changes');
    expect(of(planOf('move'), gone)).toBe('refused');
    expect(of(gone, { failure: 'no plan' })).toBe('failed');
  });
});

describe('the plan-exceptions file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exceptions-'));
  const file = join(folder, 'plan-exceptions.json');
  afterAll(() => rmSync(folder, { recursive: true }));
  const problems = (content: string): string => {
    writeFileSync(file, content);
    try {
      readExceptions(file);
    } catch (error) {
      if (error instanceof ExceptionsError) return error.message.replaceAll(file, 'FILE');
    }
    throw new Error('no ExceptionsError');
  };

  it('is read', () => {
    writeFileSync(file, JSON.stringify([exception]));
    expect(readExceptions(file)).toEqual([exception]);
  });

  it('names every problem at once', () => {
    const text = problems(
      '[{"address":"aws_db_instance.*","reason":" "},{"address":"a.b","reason":"r","expiry":"2026-02-30","why":1}]',
    );
    expect(text).toContain('FILE: [0].address must be one exact address, without wildcards');
    expect(text).toContain('FILE: [0].reason is empty: say why it may happen');
    expect(text).toContain('FILE: [0].expiry ');
    expect(text).toContain('FILE: [1].expiry must be a day such as "2027-01-31"');
    expect(text).toContain('"why"');
  });

  it('takes a star inside a key for what it is', () => {
    writeFileSync(file, JSON.stringify([{ ...exception, address: 'aws_db_instance.it["*"]' }]));
    expect(readExceptions(file)).toHaveLength(1);
  });

  it.each([
    ['address: x', 'FILE: is not JSON'],
    ['{}', 'FILE:  Invalid input: expected array'],
  ])('says what %j is', (content, problem) => {
    expect(problems(content)).toContain(problem);
    expect(problems(content)).toContain('expected [{ "address": ');
  });

  it('must be there when it is named', () => {
    expect(() => readExceptions(join(folder, 'none.json'))).toThrow('there is no such file');
  });
});
