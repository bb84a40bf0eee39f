import { createsFirst, leavesTheOld, type Redact } from '@mlflow-on-aws/plan';
import { forcedBy } from '../diff';
import type { ReviewedChange } from '../review';
import { code } from './markdown';

/** Why a resource is destroyed or replaced. */
export function because({ resource }: ReviewedChange, redact: Redact): string {
  const forced = forcedBy(resource.change, redact).map(code);
  const reason = reasonText(resource.action_reason);
  const first = createsFirst(resource) && !leavesTheOld(resource) ? ' (the new one is created first)' : '';
  if (forced.length > 0) return `forced by ${forced.join(', ')}${first}.`;
  return `${reason ?? 'Terraform gives no reason'}${first}.`;
}

/** Why Terraform leaves a change to a later plan. */
export function deferralText(reason: string, redact: Redact): string {
  return (
    {
      instance_count_unknown: 'how many there are is known only after apply',
      resource_config_unknown: 'its configuration is known only after apply',
      provider_config_unknown: "its provider's configuration is known only after apply",
      absent_prereq: 'what it depends on does not exist yet',
      deferred_prereq: 'what it depends on is deferred itself',
    }[reason] ?? redact(reason, 'name')
  );
}

/** Why Terraform does what it does, where it says so. */
function reasonText(reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : reasons[reason];
}

const reasons: Readonly<Record<string, string>> = {
  replace_because_tainted: 'marked as tainted',
  replace_by_request: 'asked for with -replace',
  replace_by_triggers: 'asked for by replace_triggered_by',
  delete_because_no_resource_config: 'its block is no longer in the configuration',
  delete_because_no_module: 'its module is no longer in the configuration',
  delete_because_wrong_repetition: 'count or for_each came or went',
  delete_because_count_index: 'count is smaller',
  delete_because_each_key: 'its key is no longer in for_each',
  delete_because_no_move_target: 'moved to an address that is not in the configuration',
};
