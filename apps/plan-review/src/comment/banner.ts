import type { EnvironmentReview, Review, ReviewedChange } from '../review';
import { section, type Section } from './fit';
import { grouped, type Line } from './groups';
import { words } from './markdown';
import { because } from './reasons';
import { weights } from './weights';

/** Every refused change needs an exception of its own: so many addresses are named in a line before the rest is counted. */
const refusedShown = 20;

/** Stateful resources that are destroyed or replaced. */
export function atStake(review: Review): Section[] {
  const found = everywhere(review, ({ loss }) => loss !== undefined);
  const lines = found.map(([environment, change]): Line => {
    const { resource, action, loss = '', deferred } = change;
    const how = action === 'replace' ? 'replaced' : 'destroyed';
    return {
      weight: change.answer?.state === 'allowed' ? weights.atStake : weights.refused,
      address: review.redact(resource.address, 'name'),
      most: refusedShown,
      lead: `${sign(change)} **${environment.environment}** `,
      rest: () =>
        ` is **${how}**${deferred === undefined ? '' : ' in a later plan'}: ${because(change, review.redact)}  \n` +
        `  Lost: ${words(loss)}. ${answerText(change)}`,
    };
  });
  return section(`\n### Stateful resources destroyed or replaced (${found.length})\n\n`, grouped(lines));
}

/** What opens, widens or no longer guards. */
export function security(review: Review): Section[] {
  const found = everywhere(review, ({ findings }) => findings.length > 0);
  const lines = found.map(([environment, change]): Line => {
    const { resource, findings } = change;
    const opens = findings.some(({ kind }) => kind === 'opening');
    const refused = opens && change.answer?.state !== 'allowed';
    return {
      weight: refused ? weights.refused : weights.notice,
      address: review.redact(resource.address, 'name'),
      most: refused ? refusedShown : undefined,
      lead: `${opens ? sign(change) : '⚠️'} **${environment.environment}** `,
      rest: () => ` ${findings.map(({ text }) => words(text)).join('; ')}${opens ? `. ${answerText(change)}` : ''}`,
    };
  });
  return section(`\n### Security (${found.length})\n\n`, grouped(lines));
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
