import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan, type Plan, readPlan } from '@mlflow-on-aws/plan';
import { renderComment } from '../comment';
import { extrasOf } from '../extras';
import { review, type ReviewOptions } from '../review';

/** Folder of the cases: plans, each with its comment. */
export const cases = join(__dirname, '..', '..', 'fixtures', 'cases');

/** Names of the cases. */
export const caseNames = readdirSync(cases);

/** The plan of a case. */
export function planOf(name: string): Plan {
  return readPlan(join(cases, name, 'plan.json'));
}

/** The JSON of the plan of a case. */
export function textOf(name: string): string {
  return readFileSync(join(cases, name, 'plan.json'), 'utf8');
}

/** A day on which the exceptions of the cases count. */
export const now = new Date('2026-11-24T12:00:00Z');

interface ChangeParts {
  readonly type: string;
  readonly name?: string;
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly [more: string]: unknown;
}

/** A plan that holds these changes, for rules that no plan of a case shows. */
export function planWith(changes: readonly ChangeParts[], parts: object = {}): Plan {
  const resource_changes = changes.map(
    ({ type, name = 'it', actions, before = null, after = null, action_reason, deposed, ...marks }) => ({
      address: `${type}.${name}`,
      mode: 'managed',
      type,
      name,
      action_reason,
      deposed,
      change: {
        actions: actions ?? [before === null ? 'create' : after === null ? 'delete' : 'update'],
        before,
        after,
        ...marks,
      },
    }),
  );
  return parsePlan(
    JSON.stringify({ format_version: '1.2', planned_values: {}, resource_changes, ...parts }),
    'plan.json',
  );
}

/** The comment on one plan of prod. */
export function commentOn(plan: Plan, options: ReviewOptions = {}): string {
  const reviewed = review([{ environment: 'prod', plan }], { now, ...options });
  return renderComment(reviewed, { extras: extrasOf(reviewed) });
}
