import { hasChanges } from '@mlflow-on-aws/plan';
import { fingerprint } from '../fingerprint';
import { commentOn, planWith } from '../testing/plans';

const secret = 'zebra-token-4711';
const sensitive = {
  variables: { pw: { value: secret } },
  configuration: { root_module: { variables: { pw: { sensitive: true } } } },
};
const check = (status: string, ...messages: string[]): object => ({
  address: { kind: 'check', to_display: 'check.health' },
  status,
  instances: [
    {
      address: { to_display: `check.health["${secret}"]` },
      status,
      problems: messages.map((message) => ({ message })),
    },
  ],
});
const action = (parts: object = {}): object => ({
  address: 'action.aws_lambda_invoke.migrate',
  type: 'aws_lambda_invoke',
  name: 'migrate',
  ...parts,
});

describe('checks', () => {
  it('that fail are said with their messages, without secrets', () => {
    const comment = commentOn(
      planWith([], { ...sensitive, checks: [check('fail', `got *${secret}*`, 'and more'), check('error')] }),
    );
    expect(comment).toContain('## ⚠️ Plan: no changes, but see below');
    expect(comment).toContain('**2 checks fail**');
    expect(comment).toContain('- ⚠️ **prod** `check.health["(sensitive)"]`: got \\*(sensitive)\\*; and more\n');
  });

  it.each(['pass', 'unknown'])('that are %s say nothing', (status) => {
    expect(commentOn(planWith([], { checks: [check(status)] }))).toContain('## ✅ Plan: no changes\n');
  });
});

it('a plan that is not complete is never well', () => {
  const comment = commentOn(planWith([], { complete: false }));
  expect(comment).toContain('⚠️ no changes; **not complete**: made for a part of the configuration (-target)');
});

describe('actions', () => {
  it('that are invoked are changes, with when and what they are given', () => {
    const plan = planWith([], {
      ...sensitive,
      action_invocations: [
        action({
          config_values: { name: 'f', key: 'k', at: secret },
          config_sensitive: { key: true },
          config_unknown: { id: true },
        }),
        action({
          lifecycle_action_trigger: { triggering_resource_address: 'aws_x.y', action_trigger_event: 'AfterCreate' },
        }),
      ],
      deferred_action_invocations: [{ reason: 'absent_prereq', action_invocation: action() }],
    });
    const comment = commentOn(plan);
    expect(hasChanges(plan)).toBe(true);
    expect(comment).toContain('2 actions to invoke');
    expect(comment).toContain('`action.aws_lambda_invoke.migrate` asked for with -invoke');
    expect(comment).toContain(
      '{ at = "(sensitive)", id = (known after apply), key = (sensitive), name = "f" }'.replace(
        '"(sensitive)"',
        '(sensitive)',
      ),
    );
    expect(comment).toContain('`action.aws_lambda_invoke.migrate` after create of `aws_x.y`');
    expect(comment).toContain('in a later plan: what it depends on does not exist yet');
  });

  it('make a plan another one', () => {
    const of = (parts: object): string => fingerprint(planWith([], parts), 'a key of many letters');
    const prints = [
      {},
      { action_invocations: [action()] },
      { action_invocations: [action({ config_values: { a: 1 } })] },
    ].map(of);
    expect(new Set(prints).size).toBe(3);
  });
});
