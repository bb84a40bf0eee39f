import type { Review } from '../review';
import { atStake, security } from './banner';
import { environmentSections, type Extras } from './environment';
import { fit, type Item, section, type Section } from './fit';
import { code, words } from './markdown';
import { fingerprints, table, title } from './head';
import { checks } from './said';
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
    ...checks(review),
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
