import { actionOf, type Change, createsFirst, type Redact } from '@mlflow-on-aws/plan';
import { diffChange } from '../diff';
import type { CostChange } from '../cost';
import type { PolicyFinding } from '../policy-findings';
import type { EnvironmentReview, Review, ReviewedChange } from '../review';
import { type Item, section, type Section } from './fit';
import { changedPart } from './changed-part';
import { costSection } from './cost';
import { code, diffFence, fence, folded, visible, words } from './markdown';
import { because, deferralText } from './reasons';
import { counts } from './summary';
import { weights } from './weights';

/** What others know about an environment's plan. */
export interface Extras {
  /** Monthly cost before and after, and what has no price. */
  readonly cost?: CostChange;
  /** Checks of the policy that this plan is the first not to pass. @default - not checked, and not spoken of */
  readonly policyFindings?: readonly PolicyFinding[];
}

/** What is said of one environment, after what matters most of all of them. */
export function environmentSections(environment: EnvironmentReview, review: Review, extras: Extras = {}): Section[] {
  const { redact } = review;
  const changes = byWeight(environment.changes);
  const sections = [
    ...actionSections(environment, redact),
    ...drift(environment, redact),
    ...outputs(environment, redact),
    ...extraSections(extras, redact),
    ...(environment.plan === undefined ? [] : changedPart(environment.plan, changes, redact)),
    ...fullDiff(changes, redact),
  ];
  if (sections.length === 0) return [];
  return [
    { head: `\n---\n\n### ${environment.environment}: ${counts(environment)}\n`, foot: '', items: [] },
    ...sections,
  ];
}

interface Kind {
  readonly title: string;
  readonly weight: number;
  readonly matches: (change: ReviewedChange) => boolean;
  readonly text: (change: ReviewedChange, redact: Redact) => string;
}

const nothingMore = (): string => '';
const changedAttributes = ({ resource }: ReviewedChange, redact: Redact): string => {
  const names = diffChange(resource.change, redact)
    .filter(({ sign: kind, text }) => kind !== ' ' && kind !== '#' && /^[\w]/.test(text))
    .map(({ text }) => text.split(/ = |:/)[0] ?? '');
  const unique = [...new Set(names)];
  return unique.length === 0 ? '' : `: ${unique.slice(0, 6).map(code).join(', ')}${unique.length > 6 ? ', …' : ''}`;
};

const kinds: readonly Kind[] = [
  {
    title: 'Replace',
    weight: weights.destroyed,
    matches: ({ action }) => action === 'replace',
    text: (change, redact) => `: ${because(change, redact)}`,
  },
  {
    title: 'Destroy',
    weight: weights.destroyed,
    matches: ({ action }) => action === 'destroy',
    text: (change, redact) => `: ${because(change, redact)}`,
  },
  {
    title: 'Forget: stays in AWS, no longer managed here',
    weight: weights.changed,
    matches: ({ action }) => action === 'forget',
    text: nothingMore,
  },
  { title: 'Change', weight: weights.changed, matches: ({ action }) => action === 'update', text: changedAttributes },
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

const openLists = 20;

function actionSections({ changes }: EnvironmentReview, redact: Redact): Section[] {
  const now = changes.filter(({ deferred }) => deferred === undefined);
  const later = changes.filter(({ deferred }) => deferred !== undefined);
  const line = (change: ReviewedChange, weight: number, text: () => string): Item => ({
    weight,
    text: () => `- ${code(redact(change.resource.address, 'name'))}${text()}\n`,
  });
  const sections = kinds.flatMap(({ title: name, weight, matches, text }) => {
    const items = now.filter(matches).map((change) => line(change, weight, () => text(change, redact)));
    return list(name, items);
  });
  const deferred = later.map((change) =>
    line(change, weights.other, () => ` (${change.action}): ${words(deferralText(change.deferred ?? ''))}`),
  );
  return [...sections, ...list('Deferred: Terraform decides in a later plan', deferred)];
}

function list(name: string, items: Item[]): Section[] {
  if (items.length <= openLists) return section(`\n**${name}** (${items.length})\n\n`, items);
  const [open, close] = folded(`<b>${name}</b> (${items.length})`);
  return section(`\n${open}`, items, close);
}

function drift(environment: EnvironmentReview, redact: Redact): Section[] {
  const items = environment.drift.map(({ resource, action, findings }): Item => ({
    weight: weights.drift,
    text: () => {
      const what = action === 'destroy' ? 'is gone' : 'was changed';
      const warning = findings.map(({ text }) => `⚠️ ${words(text)}\n\n`).join('');
      const lines = signed(diffChange(resource.change, redact));
      return `${code(redact(resource.address, 'name'))} ${what}\n\n${warning}${lines.length > 0 ? `${diffFence(lines)}\n\n` : ''}`;
    },
  }));
  const [open, close] = folded(`<b>Drift</b>: ${items.length} changed outside Terraform, not by this pull request`);
  return section(`\n${open}`, items, close);
}

function outputs({ plan }: EnvironmentReview, redact: Redact): Section[] {
  const changed = Object.entries(plan?.output_changes ?? {}).filter(([, change]) => actionOf({ change }) !== 'no-op');
  const lines = changed.map(([name, change]) => signed(diffChange(asAttribute(name, change), redact)));
  const [open, close] = fence(lines.flat());
  const items = lines.map((text): Item => ({
    weight: weights.outputs,
    text: () => `${text.map(visible).join('\n')}\n`,
  }));
  return section(`\n**Outputs** (${items.length})\n\n${open}\n`, items, `${close}\n`);
}

/** The change of an output as that of an attribute of its name. */
function asAttribute(name: string, change: Change): Change {
  const named = (value: unknown): unknown => (value === undefined ? undefined : { [name]: value });
  return {
    ...change,
    before: named(change.before),
    after: named(change.after),
    before_sensitive: named(change.before_sensitive),
    after_sensitive: named(change.after_sensitive),
    after_unknown: named(change.after_unknown),
  };
}

function extraSections({ cost, policyFindings }: Extras, redact: Redact): Section[] {
  const findings = (policyFindings ?? []).map(({ address, check, wants }): Item => ({
    weight: weights.policy,
    text: () => `- ${code(redact(address, 'name'))} ${words(wants)} (${words(check)})\n`,
  }));
  return [
    ...(cost === undefined ? [] : costSection(cost, redact)),
    ...section(`\n**New policy findings** (${findings.length})\n\n`, findings),
    ...(policyFindings?.length === 0 ? section('', [noNewFindings]) : []),
  ];
}

const noNewFindings: Item = { weight: weights.policy, text: () => '\n**Policy**: no new findings\n' };

const order = ['replace', 'destroy', 'forget', 'update', 'no-op', 'read', 'create'];

function diffWeight({ action, answer, loss, findings }: ReviewedChange): number {
  const important = answer !== undefined || loss !== undefined || findings.length > 0;
  return weights.diff + (important ? 0 : 1 + order.indexOf(action));
}

function byWeight(changes: readonly ReviewedChange[]): ReviewedChange[] {
  return [...changes].sort((a, b) => diffWeight(a) - diffWeight(b));
}

const longestDiff = 150;

function fullDiff(changes: readonly ReviewedChange[], redact: Redact): Section[] {
  const items = changes.filter(differs).map((change): Item => ({
    weight: diffWeight(change),
    text: () => {
      const lines = signed(diffChange(change.resource.change, redact));
      const left = lines.length - longestDiff;
      const shown = left > 1 ? [...lines.slice(0, longestDiff), `# ${left} more lines`] : lines;
      const heading = `@@ ${redact(change.resource.address, 'name')}: ${verb(change)} @@`;
      return `${diffFence([heading, ...shown])}\n\n`;
    },
  }));
  const [open, close] = folded(`<b>Full diff</b> (${items.length})`);
  return section(`\n${open}`, items, close);
}

/** What is only moved, imported or forgotten stays as it is. */
function differs({ action }: ReviewedChange): boolean {
  return action !== 'no-op' && action !== 'forget';
}

function verb({ action, resource }: ReviewedChange): string {
  if (action === 'replace') return createsFirst(resource) ? 'create, then destroy the old one' : 'destroy, then create';
  return action === 'no-op' ? 'no change' : action;
}

function signed(lines: ReturnType<typeof diffChange>): string[] {
  return lines.map(({ sign: first, text }) => `${first} ${text}`);
}
