import { actionOf, configuredAttributes, endsLife, type Plan, type ResourceChange, target } from '@mlflow-on-aws/plan';
import { isContainer, isMarked, isObject, markOf } from '../diff/marks';
import { doors } from './doors';
import { newExpiries } from './expiry';
import { type Finding, notice, opening } from './finding';
import { gained } from './gained';
import { guards, partOf, sentence, weakened } from './guards';
import { newIngress } from './ingress';
import { ingressText, isWholeInternet } from './networks';
import { weakenedParameters } from './parameters';
import { policiesIn, policyFindings } from './policies';
import { isPartOfWhatEnds, isSucceeded, predecessorsOf } from './owners';
import { fateOf } from './stateful';
import { undecided } from './undecided';

export type { Finding } from './finding';

/** What a change of a resource opens, widens or no longer guards. */
export function findingsOf(resource: ResourceChange, plan: Plan): Finding[] {
  const found = findingsAt(resource, plan);
  if (found.length === 0 || actionOf(resource) !== 'create') return found;
  // What moves from one resource to another, such as a policy out of the bucket it is for, opens nothing.
  const moved = new Set(
    predecessorsOf(resource, plan)
      .flatMap((other) => findingsAt(asNew(other), plan))
      .map(textOf),
  );
  return found.filter((finding) => !moved.has(textOf(finding)));
}

const textOf = ({ text }: Finding): string => text;

/** A resource before the plan, as if it were made. */
function asNew({ change: { before, before_sensitive }, ...resource }: ResourceChange): ResourceChange {
  return {
    ...resource,
    change: { actions: ['create'], before: null, after: before, after_sensitive: before_sensitive, replace_paths: [] },
  };
}

function findingsAt(resource: ResourceChange, plan: Plan): Finding[] {
  const action = actionOf(resource);
  if (resource.mode === 'data' || action === 'no-op' || action === 'forget') return [];
  const configured = configuredAttributes(plan, resource.address);
  const known = withKnown(resource, configured);
  const found = [
    ...ingress(known, plan),
    ...blockOff(known),
    ...ended(resource, plan),
    ...(isObject(known.change.after) ? changed(known, plan, configured) : []),
  ];
  if (found.length === 0) return found;
  const unique = found.filter(({ text }, index) => found.findIndex((other) => other.text === text) === index);
  return [...unique.filter(({ kind }) => kind === 'opening'), ...unique.filter(({ kind }) => kind === 'notice')];
}

/** Stands for a value that is known only after apply: it is there, and it is nothing we know. */
const later = '(known after apply)';

/**
 * A change in which what is known only after apply stays as it was, as nothing can be said of it. On create, what the
 * source sets is there, whatever it will be, and what it leaves out is left out: AWS's default then counts.
 */
function withKnown(resource: ResourceChange, configured: ReadonlySet<string> | undefined): ResourceChange {
  const { before, after, after_unknown: unknown } = resource.change;
  if (!isObject(after) || !isObject(unknown)) return resource;
  const [values, marks] = [{ ...after }, { ...unknown }];
  for (const key of Object.keys(unknown)) {
    if (unknown[key] !== true) continue;
    if (isObject(before)) {
      if (key in before) values[key] = before[key];
    } else if (configured === undefined || configured.has(key)) values[key] = later;
    else marks[key] = false;
  }
  return { ...resource, change: { ...resource.change, after: values, after_unknown: marks } };
}

function ingress(resource: ResourceChange, plan: Plan): Finding[] {
  return newIngress(resource, plan).map((rule) =>
    isWholeInternet(rule.source)
      ? opening(`lets in the whole internet: ${ingressText(rule)}`)
      : notice(`lets in ${ingressText(rule)}`),
  );
}

/** The four switches of a public access block. */
const blockFlags = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

function blockOff({ type, change }: ResourceChange): Finding[] {
  const { before, after, after_unknown: unknown } = change;
  if (!/^aws_s3_(bucket|account)_public_access_block$/.test(type) || !isObject(after)) return [];
  const off = blockFlags.filter(
    (flag) => after[flag] !== true && !isMarked(markOf(unknown, flag)) && !(isObject(before) && before[flag] !== true),
  );
  return off.length === 0 ? [] : [opening(`the public access block is off: ${off.join(', ')}`)];
}

/** What goes with a resource that ends: what it guarded, and data that its type may hold. */
function ended(resource: ResourceChange, plan: Plan): Finding[] {
  const { change, type } = resource;
  if (change.actions.includes('forget') && change.actions.includes('create'))
    return [notice('the old one stays in AWS, no longer managed here and still on the bill')];
  if (!endsLife(resource)) return [];
  const notices = fateOf(resource).notices.map(notice);
  const part = isObject(change.after) ? undefined : partOf(type);
  if (part === undefined || isPartOfWhatEnds(resource, plan) || isSucceeded(resource, plan)) return notices;
  return [...notices, part.refused === true ? opening(part.text) : notice(part.text)];
}

/** Values in which what is known only after apply is there, however deep. */
function filled(value: unknown, unknown: unknown): unknown {
  if (unknown === true) return value ?? later;
  if (!isMarked(unknown)) return value;
  if (Array.isArray(value)) return value.map((element: unknown, index) => filled(element, markOf(unknown, index)));
  if (!isObject(value) || !isObject(unknown)) return value;
  const keys = [...new Set([...Object.keys(value), ...Object.keys(unknown)])];
  return Object.fromEntries(keys.map((key) => [key, filled(value[key], unknown[key])]));
}

/** What a resource that is there after the change opens or guards less. */
function changed({ type, change }: ResourceChange, plan: Plan, configured: ReadonlySet<string> | undefined): Finding[] {
  const { before, after, after_unknown: unknown } = change;
  const had = new Set(doors(type, before).map(({ text }) => text));
  const place = { private: /^aws_vpc_endpoint(_policy)?$|^aws_vpclattice_/.test(type), account: target(plan).account };
  return [
    ...policyFindings(isObject(before) ? policiesIn(before) : undefined, policiesIn(after), place),
    ...doors(type, filled(after, unknown)).filter(({ text }) => !had.has(text)),
    ...weakened(type, before, { values: after, unknown }, guards).map((less) =>
      less.guard.refused === true ? opening(sentence(less)) : notice(sentence(less)),
    ),
    ...weakenedParameters(type, before, after).map(notice),
    ...newExpiries(type, before, after).map(notice),
    ...gained(type, before, after).map(notice),
    ...undecided(type, isContainer(unknown) ? unknown : {}, configured, change.actions[0] === 'update').map(notice),
  ];
}
