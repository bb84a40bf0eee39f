import { actionOf } from '@mlflow-on-aws/plan';
import type { EnvironmentReview, ReviewedChange } from '../review';

/** What a plan does, in numbers: `3 to add, 1 to replace`. */
export function counts({ plan, changes, drift }: EnvironmentReview): string {
  const number = (matches: (change: ReviewedChange) => boolean): number =>
    changes.filter((change) => change.deferred === undefined && matches(change)).length;
  const outputs = Object.values(plan?.output_changes ?? {}).filter((change) => actionOf({ change }) !== 'no-op').length;
  const parts: [number, string][] = [
    [number(({ action }) => action === 'create'), 'to add'],
    [number(({ action }) => action === 'update'), 'to change'],
    [number(({ action }) => action === 'replace'), 'to replace'],
    [number(({ action }) => action === 'destroy'), 'to destroy'],
    [number(({ resource }) => Boolean(resource.change.importing)), 'to import'],
    [number(({ resource }) => resource.previous_address !== undefined), 'to move'],
    [number(({ action }) => action === 'forget'), 'to forget'],
    [number(({ action }) => action === 'read'), 'to read during apply'],
    [changes.filter(({ deferred }) => deferred !== undefined).length, 'deferred'],
    [outputs, outputs === 1 ? 'output' : 'outputs'],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const drifted = drift.length > 0 ? [`${drift.length} changed outside Terraform`] : [];
  return [...(said.length > 0 ? said : ['no changes']), ...drifted].join(', ');
}
