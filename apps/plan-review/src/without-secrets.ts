import { hidden, type Plan, type Redact, type ResourceChange } from '@mlflow-on-aws/plan';
import { isObject, markOf, type Marked, part } from './diff/marks';
import { type Finding, findingsOf } from './rules/security';
import { lossOf } from './rules/stateful';

// The rules write sentences around values of the plan. Their sentences are ours and stay, whatever an author calls sensitive:
// they are written again with values that hold no secret, instead of being searched for secrets.

/** What a change means for security, judged by its values, in words that hold none of its secrets. */
export function findingsWithoutSecrets(resource: ResourceChange, plan: Plan, redact: Redact): readonly Finding[] {
  const findings = findingsOf(resource, plan);
  if (findings.length === 0) return findings;
  const bared = withoutSecrets(resource, redact);
  if (bared === resource) return findings;
  const safe = findingsOf(bared, plan);
  // A number that is hidden makes no sentence.
  const same =
    safe.length === findings.length &&
    safe.every(({ kind, text }, index) => kind === findings[index]?.kind && !text.includes('NaN'));
  if (same) return safe;
  // Without its secrets it reads as another change: what is the same is said, the rest is only counted.
  const said = new Set(safe.map(({ text }) => text));
  return findings.map((finding) => (said.has(finding.text) ? finding : { ...finding, text: unsaid[finding.kind] }));
}

const unsaid: Readonly<Record<Finding['kind'], string>> = {
  opening: `opens to the whole internet; what does is ${hidden}`,
  notice: `protects less or allows more than before; what does is ${hidden}`,
};

/** What is lost with a resource, in words that hold none of its secrets. */
export function lossWithoutSecrets(resource: ResourceChange, redact: Redact): string | undefined {
  const loss = lossOf(resource);
  return loss === undefined ? undefined : (lossOf(withoutSecrets(resource, redact)) ?? `what is lost is ${hidden}`);
}

/** A change with its secrets hidden; the very same one where there are none. */
function withoutSecrets(resource: ResourceChange, redact: Redact): ResourceChange {
  const { deposed, change } = resource;
  const before = bare({ value: change.before, sensitive: change.before_sensitive }, redact);
  const after = bare({ value: change.after, sensitive: change.after_sensitive }, redact);
  const copy = deposed === undefined ? undefined : redact(deposed, 'name');
  if (before === change.before && after === change.after && copy === deposed) return resource;
  return { ...resource, deposed: copy, change: { ...change, before, after } };
}

function bare(marked: Marked, redact: Redact): unknown {
  const { value, sensitive } = marked;
  if (sensitive === true && (typeof value === 'string' || typeof value === 'number')) return hidden;
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) {
    const inner = value.map((one: unknown, index) => bare({ value: one, sensitive: markOf(sensitive, index) }, redact));
    return inner.every((one, index) => one === value[index]) ? value : inner;
  }
  if (!isObject(value)) return value;
  const parts = Object.keys(value).map((key) => [redact(key, 'name'), bare(part(marked, key), redact), key] as const);
  const same = parts.every(([name, inner, key]) => name === key && inner === value[key]);
  return same ? value : Object.fromEntries(parts.map(([name, inner]) => [name, inner]));
}
