import type { Change, ModuleValues, Plan } from '../plan';
import { looksSecret } from './looks';
import { isSecretPlace } from './names';
import { variableSecrets } from './variables';

/** A value that must not show, and who says so. */
export interface Secret {
  readonly text: string;
  /** `author`: a variable or an output is called sensitive; `mark`: a provider or Terraform marks it; `name`: only its name tells. */
  readonly by: 'author' | 'mark' | 'name';
}

/** Every value of a plan that must not show. */
export function secretsOf(plan: Plan): Secret[] {
  const changes = changesOf(plan);
  const states = [plan.prior_state.values, plan.planned_values];
  const marks = [
    ...changes.flatMap(({ before, before_sensitive, after, after_sensitive }) => [
      ...marked(before, before_sensitive),
      ...marked(after, after_sensitive),
    ]),
    ...plan.action_invocations.flatMap(({ config_values, config_sensitive }) =>
      marked(config_values, config_sensitive),
    ),
    ...states.flatMap((state) => (state?.root_module === undefined ? [] : inModule(state.root_module))),
  ];
  const outputs = states.flatMap((state) =>
    Object.values(state?.outputs ?? {}).flatMap(({ sensitive, value }) => (sensitive ? leaves(value) : [])),
  );
  const named = [
    ...changes.flatMap(({ before, after }) => [...told(before), ...told(after)]),
    ...plan.action_invocations.flatMap(({ config_values }) => told(config_values)),
  ];
  return [
    ...[...variableSecrets(plan), ...outputs].map((text): Secret => ({ text, by: 'author' })),
    ...marks.map((text): Secret => ({ text, by: 'mark' })),
    ...named.map((text): Secret => ({ text, by: 'name' })),
  ];
}

function changesOf(plan: Plan): Change[] {
  return [
    ...plan.resource_changes.map(({ change }) => change),
    ...plan.resource_drift.map(({ change }) => change),
    ...plan.deferred_changes.map(({ resource_change }) => resource_change.change),
    ...Object.values(plan.output_changes),
  ];
}

function inModule({ resources, child_modules }: ModuleValues): string[] {
  return [
    ...resources.flatMap(({ values, sensitive_values }) => marked(values, sensitive_values)),
    ...child_modules.flatMap(inModule),
  ];
}

function marked(value: unknown, mark: unknown): string[] {
  if (mark === true) return leaves(value);
  if (typeof value !== 'object' || value === null || typeof mark !== 'object' || mark === null) return [];
  return Object.entries(mark).flatMap(([key, inner]) => marked((value as Record<string, unknown>)[key], inner));
}

/** What only a name tells, inside JSON and other texts too. */
function told(value: unknown): string[] {
  if (typeof value === 'string') {
    const document = parsed(value);
    return document === undefined
      ? looksSecret(value).map(({ start, end }) => value.slice(start, end))
      : told(document);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (isSecretPlace(value, key) ? leaves(inner) : told(inner)));
}

/** The texts a value is made of; true, false and null are no secrets. */
export function leaves(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value, ...leaves(parsed(value)), ...lines(value)];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}

/** The lines of a key or a file that somebody could copy alone, and what is assigned in them. */
function lines(text: string): string[] {
  if (!text.includes('\n')) return [];
  const own = text.split('\n').filter((line) => line.split(/\s+/).some(isRandom));
  return [...own, ...looksSecret(text).map(({ start, end }) => text.slice(start, end))];
}

/** Whether a word looks like nothing that a person would write twice. */
function isRandom(word: string): boolean {
  if (word.length < 10) return false;
  return /[A-Za-z]\d|\d[A-Za-z]|[a-z]+[A-Z]+[a-z]*[A-Z]/.test(word);
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
