import { target } from '@mlflow-on-aws/plan';
import { fingerprintLine } from '../fingerprint';
import type { Review, Verdict } from '../review';
import { atStake, security } from './banner';
import { environmentSections, type Extras } from './environment';
import { fit, type Item, section, type Section } from './fit';
import { code, words } from './markdown';
import { counts } from './summary';
import { weights } from './weights';

export type { Extras } from './environment';

/** Stands at the very beginning of the comment: by it the one comment of a pull request is found again. */
export const marker = '<!-- mlflow-on-aws:plan-review -->';

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
   * What else was given and could not be read, such as the exceptions: the review is then not whole.
   * @default - nothing
   */
  readonly unread?: readonly string[];
  /**
   * Largest size in bytes. GitHub takes 65,536 characters.
   * @default 65000
   */
  readonly limit?: number;
}

/** Writes the one comment of a pull request. */
export function renderComment(
  review: Review,
  { commit, fingerprintKey, extras = {}, unread = [], limit = 65_000 }: CommentOptions = {},
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
    `${marker}\n${fingerprints(review, fingerprintKey)}${title(review, unread)}\n\n${table(review)}${about(commit, leftOut)}`;
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

function title({ verdict, environments }: Review, unread: readonly string[]): string {
  const said = (['failed', 'refused', 'changes'] as const).flatMap((one) => {
    const names = environments
      .filter((environment) => environment.verdict === one)
      .map(({ environment }) => environment);
    if (one === 'failed') names.push(...new Set(unread));
    return names.length === 0 ? [] : [`${one} (${names.join(', ')})`];
  });
  return `## ${signs[unread.length > 0 ? 'failed' : verdict]} Plan: ${said.join(', ') || 'no changes'}`;
}

const signs: Readonly<Record<Verdict, string>> = { failed: '❌', refused: '⛔', changes: '📝', nothing: '✅' };

function table({ environments, redact }: Review): string {
  const rows = environments.map((environment) => {
    const { plan, verdict, failure } = environment;
    const { account, region, provider } = plan === undefined ? {} : target(plan);
    const said = {
      failed: `plan failed: ${words(shortened(failure ?? ''))}`,
      refused: `**refused**: ${counts(environment)}`,
      changes: counts(environment),
      nothing: counts(environment),
    }[verdict];
    const shown = (text: string): string => redact(text, 'name');
    const place = [account && `account ${shown(account)}`, region && shown(region)].filter(Boolean).join(', ');
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

function unused({ unused: exceptions, redact }: Review): Section[] {
  const items = exceptions.map(({ address, environment, expiry }): Item => ({
    weight: weights.other,
    text: () =>
      `- ${code(redact(address, 'name'))}${environment === undefined ? '' : ` (${words(environment)})`}, until ${expiry}\n`,
  }));
  return section('\n**Exceptions that nothing here needs**\n\n', items);
}
