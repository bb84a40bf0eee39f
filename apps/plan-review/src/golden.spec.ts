import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExceptions } from './exceptions';
import { extrasOf } from './extras';
import { review } from './review';
import { renderComment } from './comment';
import { caseNames, cases, commentOn, now, planOf } from './testing/plans';

/** Compares with the golden file; `UPDATE_GOLDEN=1` writes it. */
function expectGolden(file: string, comment: string): void {
  const path = join(cases, file);
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, comment);
  expect(comment).toBe(readFileSync(path, 'utf8'));
}

describe('comments on plans', () => {
  it.each(caseNames)('%s', (name) => {
    expectGolden(`${name}/comment.md`, commentOn(planOf(name)));
  });

  it('allowed by the plan-exceptions file', () => {
    const exceptions = readExceptions(join(cases, 'stateful-replaced', 'plan-exceptions.json'));
    expectGolden('stateful-replaced/allowed.md', commentOn(planOf('stateful-replaced'), { exceptions }));
  });

  it('two environments, one of them without a plan', () => {
    const reviewed = review(
      [
        { environment: 'dev', plan: { failure: 'no plan could be made, see the log of its job' } },
        { environment: 'prod', plan: planOf('internet-opened') },
      ],
      { now },
    );
    expectGolden(
      'internet-opened/beside-a-failed-plan.md',
      renderComment(reviewed, { commit: '0123abc', extras: extrasOf(reviewed) }),
    );
  });
});

describe('verdicts on plans', () => {
  it.each([
    ['no-changes', 'nothing'],
    ['first-deploy', 'changes'],
    ['create-before-destroy', 'changes'],
    ['data-only', 'changes'],
    ['deferred', 'changes'],
    ['drift', 'changes'],
    ['errored', 'failed'],
    ['forget', 'changes'],
    ['import', 'changes'],
    ['internet-opened', 'refused'],
    ['move', 'changes'],
    ['prevent-destroy-removed', 'refused'],
    ['protection-weakened', 'changes'],
    ['public-access-block-removed', 'refused'],
    ['readable-diffs', 'changes'],
    ['sensitive', 'changes'],
    ['stateful-replaced', 'refused'],
    ['deletion-protection-line-removed', 'changes'],
    ['database-unencrypted-by-omission', 'changes'],
    ['launch-template-in-texts', 'changes'],
    ['log-retention-shortened', 'changes'],
    ['lifecycle-expires-objects', 'changes'],
    ['secret-and-key-weakened', 'changes'],
    ['stateful-types-destroyed', 'refused'],
    ['final-snapshot-without-a-name', 'refused'],
    ['kept-on-destroy', 'changes'],
    ['oidc-any-repository', 'refused'],
    ['notaction-administrator', 'changes'],
    ['condition-that-limits-nobody', 'refused'],
    ['limited-to-account-or-organisation', 'changes'],
    ['inline-rule-known-after-apply', 'changes'],
    ['cluster-endpoint-public', 'refused'],
    ['permissions-boundary-removed', 'changes'],
    ['default-key-policy', 'changes'],
    ['policy-with-many-stars', 'changes'],
    ['secret-of-40kb', 'changes'],
    ['create-and-forget', 'changes'],
    ['check-failed', 'nothing'],
    ['targeted', 'changes'],
    ['action-invoked', 'changes'],
    ['ordinary-word-in-a-parameter', 'refused'],
  ])('%s: %s', (name, verdict) => {
    expect(review([{ environment: 'prod', plan: planOf(name) }], { now }).verdict).toBe(verdict);
  });
});
