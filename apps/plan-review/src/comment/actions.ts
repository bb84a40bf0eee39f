import { leavesTheOld, type Redact } from '@mlflow-on-aws/plan';
import { diffOf } from '../diff';
import { canonical, isMarked, isObject, markOf } from '../diff/marks';
import type { EnvironmentReview, ReviewedChange } from '../review';
import { section, type Section } from './fit';
import { grouped, type Line } from './groups';
import { code, folded, words } from './markdown';
import { because, deferralText } from './reasons';
import { weights } from './weights';

interface Kind {
  readonly title: string;
  readonly weight: number;
  readonly matches: (change: ReviewedChange) => boolean;
  readonly text: (change: ReviewedChange, redact: Redact) => string;
  /** So many that say the same are one line. */
  readonly fewest?: number;
}

const nothingMore = (): string => '';
const changedAttributes = ({ resource }: ReviewedChange, redact: Redact): string => {
  const names = [
    ...new Set(
      diffOf(resource.change, redact)
        .filter(({ sign, text }) => sign !== ' ' && sign !== '#' && /^[\w]/.test(text))
        .map(({ text }) => text.split(/ = |:/)[0] ?? ''),
    ),
  ];
  return names.length === 0 ? '' : `: ${names.slice(0, 6).map(code).join(', ')}${names.length > 6 ? ', …' : ''}`;
};

const kinds: readonly Kind[] = [
  {
    title: 'Replace',
    weight: weights.destroyed,
    matches: ({ action, resource }) => action === 'replace' && !leavesTheOld(resource),
    text: (change, redact) => `: ${because(change, redact)}`,
  },
  {
    title: 'Destroy',
    weight: weights.destroyed,
    matches: ({ action }) => action === 'destroy',
    text: (change, redact) => `: ${because(change, redact)}`,
  },
  {
    title: 'Add, and forget the old one: it stays in AWS, unmanaged and on the bill',
    weight: weights.destroyed,
    matches: ({ resource }) => leavesTheOld(resource),
    text: (change, redact) => `: ${because(change, redact)}`,
  },
  {
    title: 'Forget: stays in AWS and on the bill, no longer managed here',
    weight: weights.changed,
    matches: ({ action }) => action === 'forget',
    text: nothingMore,
  },
  {
    title: 'Change',
    weight: weights.changed,
    matches: (change) => change.action === 'update' && !changesTagsOnly(change),
    text: changedAttributes,
  },
  {
    title: 'Change tags only',
    weight: weights.tags,
    matches: (change) => change.action === 'update' && changesTagsOnly(change),
    fewest: 2,
    text: changedAttributes,
  },
  {
    title: 'Import',
    weight: weights.other,
    matches: ({ resource }) => Boolean(resource.change.importing),
    text: ({ resource }, redact) => {
      const id = resource.change.importing?.id;
      return ` from ${id === undefined ? 'an id known after apply' : code(redact(id, 'name'))}`;
    },
  },
  {
    title: 'Move',
    weight: weights.other,
    matches: ({ resource }) => resource.previous_address !== undefined,
    text: ({ resource }, redact) => ` from ${code(redact(resource.previous_address ?? '', 'name'))}`,
  },
  { title: 'Read during apply', weight: weights.other, matches: ({ action }) => action === 'read', text: nothingMore },
  { title: 'Add', weight: weights.added, matches: ({ action }) => action === 'create', text: nothingMore },
];

/** Longer lists are folded. */
const openLists = 20;

/** What is changed, by what happens to it. */
export function actionSections({ changes }: EnvironmentReview, redact: Redact): Section[] {
  const now = changes.filter(({ deferred }) => deferred === undefined);
  const later = changes.filter(({ deferred }) => deferred !== undefined);
  const line = (change: ReviewedChange, weight: number, rest: () => string): Line => ({
    weight,
    address: redact(change.resource.address, 'name'),
    rest,
  });
  const sections = kinds.flatMap(({ title: name, weight, matches, text, fewest }) => {
    const lines = now.filter(matches).map((change) => line(change, weight, () => text(change, redact)));
    return list(name, lines, fewest);
  });
  const deferred = later.map((change) =>
    line(change, weights.other, () => ` (${change.action}): ${words(deferralText(change.deferred ?? '', redact))}`),
  );
  return [...sections, ...list('Deferred: Terraform decides in a later plan', deferred)];
}

function list(name: string, lines: Line[], fewest?: number): Section[] {
  const items = grouped(lines, { fewest });
  if (items.length <= openLists) return section(`\n**${name}** (${lines.length})\n\n`, items);
  const [open, close] = folded(`<b>${name}</b> (${lines.length})`);
  return section(`\n${open}`, items, close);
}

const tags = ['tags', 'tags_all', 'volume_tags'];

/** Whether an update is about tags alone, such as those that a provider gives everything. */
function changesTagsOnly({ resource: { change } }: ReviewedChange): boolean {
  const { before, after, after_unknown: unknown } = change;
  if (!isObject(before) || !isObject(after)) return false;
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => isMarked(markOf(unknown, key)) || canonical(before[key] ?? null) !== canonical(after[key] ?? null),
  );
  return changed.length > 0 && changed.every((key) => tags.includes(key));
}
