import { type ActionInvocation, failedChecks, type Plan, type Redact } from '@mlflow-on-aws/plan';
import { show } from '../diff/show';
import type { Review } from '../review';
import { type Item, section, type Section } from './fit';
import { code, diffFence, words } from './markdown';
import { deferralText } from './reasons';
import { weights } from './weights';

// What a plan says beside its changes. The warnings that Terraform and providers print while planning are not in its JSON.

/** Checks, conditions and validations that do not hold. */
export function checks({ environments, redact }: Review): Section[] {
  const items = environments.flatMap(({ environment, plan }) =>
    (plan === undefined ? [] : failedChecks(plan)).map(({ address, messages }): Item => {
      const said = messages.map((message) => words(redact(message))).join('; ');
      return {
        weight: weights.notice,
        text: () => `- ⚠️ **${environment}** ${code(redact(address, 'name'))}${said && `: ${said}`}\n`,
      };
    }),
  );
  return section(`\n### Checks that fail (${items.length})\n\n`, items);
}

/** Actions that are invoked, with what they are given. */
export function invocations(plan: Plan, redact: Redact): Section[] {
  const items = [
    ...plan.action_invocations.map((action) => ({ action, when: whenText(action, redact) })),
    ...plan.deferred_action_invocations.map(({ reason, action_invocation: action }) => ({
      action,
      when: `in a later plan: ${words(deferralText(reason, redact))}`,
    })),
  ].map(({ action, when }): Item => ({
    weight: weights.destroyed,
    text: () => `- ${code(redact(action.address, 'name'))} ${when}\n${given(action, redact)}`,
  }));
  return section(`\n**Invoke** (${items.length}): what an action does is in no plan\n\n`, items);
}

function whenText({ lifecycle_action_trigger: trigger }: ActionInvocation, redact: Redact): string {
  if (!trigger) return 'asked for with -invoke';
  const event = words(
    redact(trigger.action_trigger_event ?? 'changed', 'name')
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase(),
  );
  const resource = trigger.triggering_resource_address;
  return resource === undefined ? event : `${event} of ${code(redact(resource, 'name'))}`;
}

function given(
  { config_values: value, config_sensitive: sensitive, config_unknown: unknown }: ActionInvocation,
  redact: Redact,
): string {
  const lines = value === undefined && unknown === undefined ? [] : show({ value, sensitive, unknown }, redact);
  return lines.length === 0 ? '' : `\n${diffFence(lines.map((line) => `  ${line}`))}\n\n`;
}
