import { actionOf, type Change, createsFirst, type Redact, target } from '@mlflow-on-aws/plan';
import { diffChange, forcedBy } from '../diff';
import { fingerprintLine } from '../fingerprint';
import type { EnvironmentReview, Review, ReviewedChange, Verdict } from '../review';
import { fit, type Item, type Section } from './fit';
import { code, diffFence, fence, folded, visible, words } from './markdown';
import { counts, reasonText } from './summary';

/** Stands at the very beginning of the comment: by it the one comment of a pull request is found again. */
export const marker = '<!-- mlflow-on-aws:plan-review -->';

/** What others know about an environment's plan. */
export interface Extras {
  /** Monthly cost in US dollars, and what could not be priced. */
  readonly cost?: { readonly before: number; readonly after: number; readonly unpriced: readonly string[] };
  /** Findings of the policy checks that are new with this plan, a sentence each. */
  readonly policyFindings?: readonly string[];
  /** A picture of what changes. */
  readonly picture?: { readonly url: string; readonly alt: string };
}

/** Settings of a comment. */
export interface CommentOptions {
  /**
   * The commit that was planned.
   * @default - not said
   */
  readonly commit?: string;
  /**
   * Key of the fingerprints by which a deploy knows the plan that was reviewed.
   * @default - no fingerprints
   */
  readonly fingerprintKey?: string;
  /**
   * What others know, by environment.
   * @default - nothing
   */
  readonly extras?: Readonly<Record<string, Extras>>;
  /**
   * Largest size in bytes. GitHub takes 65,536 characters.
   * @default 65000
   */
  readonly limit?: number;
}

/** How long things stay when there is no room for all: the smaller, the longer. */
const weights = {
  refused: 1,
  atStake: 2,
  notice: 3,
  destroyed: 4,
  changed: 5,
  cost: 6,
  policy: 7,
  other: 8,
  added: 9,
  drift: 10,
  outputs: 11,
  picture: 12,
  diff: 20,
} as const;

/** Writes the one comment of a pull request. */
export function renderComment(
  review: Review,
  { commit, fingerprintKey, extras = {}, limit = 65_000 }: CommentOptions = {},
): string {
  const sections = [
    ...atStake(review),
    ...security(review),
    ...review.environments.flatMap((environment) =>
      environmentSections(environment, review, extras[environment.environment]),
    ),
    ...unused(review),
  ];
  const head = (leftOut: number): string =>
    `${marker}\n${fingerprints(review, fingerprintKey)}${title(review)}\n\n${table(review)}${about(commit, leftOut)}`;
  const room = limit - Buffer.byteLength(head(1_000_000));
  const { text, leftOut } = fit(sections, room);
  return `${head(leftOut)}${text}`;
}

function fingerprints({ environments }: Review, key: string | undefined): string {
  if (key === undefined) return '';
  return environments
    .map(({ environment, plan, verdict }) =>
      plan === undefined || verdict === 'failed' ? '' : `${fingerprintLine(environment, plan, key)}\n`,
    )
    .join('');
}

function title({ verdict, environments }: Review): string {
  const said = (['failed', 'refused', 'changes'] as const).flatMap((one) => {
    const names = environments
      .filter((environment) => environment.verdict === one)
      .map(({ environment }) => environment);
    return names.length === 0 ? [] : [`${one} (${names.join(', ')})`];
  });
  return `## ${signs[verdict]} Plan: ${said.join(', ') || 'no changes'}`;
}

const signs: Readonly<Record<Verdict, string>> = { failed: '❌', refused: '⛔', changes: '📝', nothing: '✅' };

function table({ environments, redact }: Review): string {
  const rows = environments.map((environment) => {
    const { plan, verdict, failure } = environment;
    const { account, region, provider } = plan === undefined ? {} : target(plan);
    const said = {
      failed: `plan failed: ${words(redact(shortened(failure ?? '')))}`,
      refused: `**refused**: ${counts(environment)}`,
      changes: counts(environment),
      nothing: counts(environment),
    }[verdict];
    const place = [account && `account ${account}`, region].filter(Boolean).join(', ');
    const versions = plan && `Terraform ${plan.terraform_version}${provider ? `, AWS provider ${provider}` : ''}`;
    const time = plan?.timestamp?.replace('T', ' ').replace(/(:\d\d):\d\d.*/, '$1 UTC') ?? '';
    const cells = [
      `**${environment.environment}**`,
      `${signs[verdict]} ${said}`,
      words(place),
      words(versions ?? ''),
      words(time),
    ];
    return `| ${cells.join(' | ')} |\n`;
  });
  return `| Environment | Verdict | Where | Versions | Planned |\n| --- | --- | --- | --- | --- |\n${rows.join('')}`;
}

function shortened(text: string): string {
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}

function about(commit: string | undefined, leftOut: number): string {
  const lines = [
    ...(commit === undefined ? [] : [`Commit ${code(commit)}`]),
    ...(leftOut === 0
      ? []
      : [
          `**Shortened to fit a comment: ${leftOut} parts are left out, the least important first.** The whole diff: \`terraform show\`.`,
        ]),
  ];
  return lines.length === 0 ? '' : `\n${lines.join('  \n')}\n`;
}

/** Stateful resources that are destroyed or replaced. */
function atStake(review: Review): Section[] {
  const items = everywhere(review, ({ loss }) => loss !== undefined).map(([environment, change]): Item => {
    const { resource, action, loss = '', deferred } = change;
    const how = action === 'replace' ? 'replaced' : 'destroyed';
    return {
      weight: change.answer?.state === 'allowed' ? weights.atStake : weights.refused,
      text:
        `- ${sign(change)} **${environment.environment}** ${code(review.redact(resource.address))} is **${how}**` +
        `${deferred === undefined ? '' : ' in a later plan'}: ${because(change, review.redact)}  \n` +
        `  Lost: ${words(loss)}. ${answerText(change)}\n`,
    };
  });
  return section(`\n### Stateful resources destroyed or replaced (${items.length})\n\n`, items);
}

/** What opens, widens or no longer guards. */
function security(review: Review): Section[] {
  const items = everywhere(review, ({ findings }) => findings.length > 0).map(([environment, change]): Item => {
    const { resource, findings } = change;
    const opens = findings.some(({ kind }) => kind === 'opening');
    const refused = opens && change.answer?.state !== 'allowed';
    const texts = findings.map(({ text }) => words(review.redact(text)));
    return {
      weight: refused ? weights.refused : weights.notice,
      text:
        `- ${opens ? sign(change) : '⚠️'} **${environment.environment}** ${code(review.redact(resource.address))} ` +
        `${texts.join('; ')}${opens ? `. ${answerText(change)}` : ''}\n`,
    };
  });
  return section(`\n### Security (${items.length})\n\n`, items);
}

function everywhere(
  { environments }: Review,
  matches: (change: ReviewedChange) => boolean,
): [EnvironmentReview, ReviewedChange][] {
  const found = environments.flatMap((environment) =>
    environment.changes.filter(matches).map((change): [EnvironmentReview, ReviewedChange] => [environment, change]),
  );
  const rank = ([, { answer, findings, loss }]: [EnvironmentReview, ReviewedChange]): number =>
    answer === undefined
      ? 2
      : answer.state === 'allowed'
        ? 1
        : loss || findings.some(({ kind }) => kind === 'opening')
          ? 0
          : 1;
  return found.sort((a, b) => rank(a) - rank(b));
}

function sign({ answer }: ReviewedChange): string {
  return answer?.state === 'allowed' ? '☑️' : '⛔';
}

function answerText({ answer }: ReviewedChange): string {
  if (answer?.state === 'allowed') {
    return `Allowed until ${answer.exception.expiry}: ${words(answer.exception.reason)}.`;
  }
  if (answer?.state === 'expired') return `**Refused**: its exception ended on ${answer.exception.expiry}.`;
  return '**Refused**: not in the plan-exceptions file.';
}

/** Why a resource is destroyed or replaced. */
function because({ resource }: ReviewedChange, redact: Redact): string {
  const forced = forcedBy(resource.change, redact).map(code);
  const reason = reasonText(resource.action_reason);
  const first = createsFirst(resource) ? ' (the new one is created first)' : '';
  if (forced.length > 0) return `forced by ${forced.join(', ')}${first}.`;
  return `${reason ?? 'Terraform gives no reason'}${first}.`;
}

function environmentSections(environment: EnvironmentReview, review: Review, extras: Extras = {}): Section[] {
  const { redact } = review;
  const changes = byWeight(environment.changes);
  const sections = [
    ...actionSections(environment, redact),
    ...drift(environment, redact),
    ...outputs(environment, redact),
    ...extraSections(extras),
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
    text: ({ resource }, redact) => ` from ${code(redact(resource.change.importing?.id ?? 'an id known after apply'))}`,
  },
  {
    title: 'Move',
    weight: weights.other,
    matches: ({ resource }) => resource.previous_address !== undefined,
    text: ({ resource }, redact) => ` from ${code(redact(resource.previous_address ?? ''))}`,
  },
  { title: 'Read during apply', weight: weights.other, matches: ({ action }) => action === 'read', text: nothingMore },
  { title: 'Add', weight: weights.added, matches: ({ action }) => action === 'create', text: nothingMore },
];

const openLists = 20;

function actionSections({ changes }: EnvironmentReview, redact: Redact): Section[] {
  const now = changes.filter(({ deferred }) => deferred === undefined);
  const later = changes.filter(({ deferred }) => deferred !== undefined);
  const line = (change: ReviewedChange, weight: number, text: string): Item => ({
    weight,
    text: `- ${code(redact(change.resource.address))}${text}\n`,
  });
  const sections = kinds.flatMap(({ title: name, weight, matches, text }) => {
    const items = now.filter(matches).map((change) => line(change, weight, text(change, redact)));
    return list(name, items);
  });
  const deferred = later.map((change) =>
    line(change, weights.other, ` (${change.action}): ${words(deferralText(change.deferred ?? ''))}`),
  );
  return [...sections, ...list('Deferred: Terraform decides in a later plan', deferred)];
}

function deferralText(reason: string): string {
  return (
    {
      instance_count_unknown: 'how many there are is known only after apply',
      resource_config_unknown: 'its configuration is known only after apply',
      provider_config_unknown: "its provider's configuration is known only after apply",
      absent_prereq: 'what it depends on does not exist yet',
      deferred_prereq: 'what it depends on is deferred itself',
    }[reason] ?? reason
  );
}

function list(name: string, items: Item[]): Section[] {
  if (items.length <= openLists) return section(`\n**${name}** (${items.length})\n\n`, items);
  const [open, close] = folded(`<b>${name}</b> (${items.length})`);
  return section(`\n${open}`, items, close);
}

function drift(environment: EnvironmentReview, redact: Redact): Section[] {
  const items = environment.drift.map(({ resource, action, findings }): Item => {
    const what = action === 'destroy' ? 'is gone' : 'was changed';
    const warning = findings.map(({ text }) => `⚠️ ${words(redact(text))}\n\n`).join('');
    const lines = signed(diffChange(resource.change, redact));
    return {
      weight: weights.drift,
      text: `${code(redact(resource.address))} ${what}\n\n${warning}${lines.length > 0 ? `${diffFence(lines)}\n\n` : ''}`,
    };
  });
  const [open, close] = folded(`<b>Drift</b>: ${items.length} changed outside Terraform, not by this pull request`);
  return section(`\n${open}`, items, close);
}

function outputs({ plan }: EnvironmentReview, redact: Redact): Section[] {
  const changed = Object.entries(plan?.output_changes ?? {}).filter(([, change]) => actionOf({ change }) !== 'no-op');
  const lines = changed.map(([name, change]) => signed(diffChange(asAttribute(name, change), redact)));
  const [open, close] = fence(lines.flat());
  const items = lines.map((text): Item => ({ weight: weights.outputs, text: `${text.map(visible).join('\n')}\n` }));
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

function extraSections({ cost, policyFindings = [], picture }: Extras): Section[] {
  const money = (amount: number): string => `$${amount.toFixed(2)}`;
  const difference = cost === undefined ? 0 : cost.after - cost.before;
  const costItems =
    cost === undefined
      ? []
      : [
          {
            weight: weights.cost,
            text:
              `\n**Monthly cost** ${money(cost.before)} → ${money(cost.after)} (${difference < 0 ? '−' : '+'}${money(Math.abs(difference))})` +
              `${cost.unpriced.length > 0 ? `; not priced: ${cost.unpriced.map(code).join(', ')}` : ''}\n`,
          },
        ];
  const findings = policyFindings.map((finding): Item => ({ weight: weights.policy, text: `- ${words(finding)}\n` }));
  const pictures =
    picture === undefined
      ? []
      : [{ weight: weights.picture, text: `\n![${words(picture.alt)}](${encodeURI(picture.url)})\n` }];
  return [
    ...section('', costItems),
    ...section(`\n**New policy findings** (${findings.length})\n\n`, findings),
    ...section('', pictures),
  ];
}

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
  const items = changes.flatMap((change): Item[] => {
    // What is forgotten stays as it is.
    if (change.action === 'forget') return [];
    const lines = signed(diffChange(change.resource.change, redact));
    if (lines.length === 0) return [];
    const left = lines.length - longestDiff;
    const shown = left > 1 ? [...lines.slice(0, longestDiff), `# ${left} more lines`] : lines;
    const heading = `@@ ${redact(change.resource.address)}: ${verb(change)} @@`;
    return [{ weight: diffWeight(change), text: `${diffFence([heading, ...shown])}\n\n` }];
  });
  const [open, close] = folded(`<b>Full diff</b> (${items.length})`);
  return section(`\n${open}`, items, close);
}

function verb({ action, resource }: ReviewedChange): string {
  if (action === 'replace') return createsFirst(resource) ? 'create, then destroy the old one' : 'destroy, then create';
  return action === 'no-op' ? 'no change' : action;
}

function signed(lines: ReturnType<typeof diffChange>): string[] {
  return lines.map(({ sign: first, text }) => `${first} ${text}`);
}

function unused({ unused: exceptions }: Review): Section[] {
  const items = exceptions.map(({ address, environment, expiry }): Item => ({
    weight: weights.other,
    text: `- ${code(address)}${environment === undefined ? '' : ` (${words(environment)})`}, until ${expiry}\n`,
  }));
  return section('\n**Exceptions that nothing here needs**\n\n', items);
}

function section(head: string, items: readonly Item[], foot = ''): Section[] {
  return items.length === 0 ? [] : [{ head, foot, items }];
}
