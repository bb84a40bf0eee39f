import type { EnvironmentReview, Review, ReviewedChange } from '../review';
import { type Item, section, type Section } from './fit';
import { code, words } from './markdown';
import { because } from './reasons';
import { weights } from './weights';

/** Stateful resources that are destroyed or replaced. */
export function atStake(review: Review): Section[] {
  const items = everywhere(review, ({ loss }) => loss !== undefined).map(([environment, change]): Item => {
    const { resource, action, loss = '', deferred } = change;
    const how = action === 'replace' ? 'replaced' : 'destroyed';
    return {
      weight: change.answer?.state === 'allowed' ? weights.atStake : weights.refused,
      text: () =>
        `- ${sign(change)} **${environment.environment}** ${code(review.redact(resource.address, 'name'))} is **${how}**` +
        `${deferred === undefined ? '' : ' in a later plan'}: ${because(change, review.redact)}  \n` +
        `  Lost: ${words(loss)}. ${answerText(change)}\n`,
    };
  });
  return section(`\n### Stateful resources destroyed or replaced (${items.length})\n\n`, items);
}

/** What opens, widens or no longer guards. */
export function security(review: Review): Section[] {
  const items = everywhere(review, ({ findings }) => findings.length > 0).map(([environment, change]): Item => {
    const { resource, findings } = change;
    const opens = findings.some(({ kind }) => kind === 'opening');
    const refused = opens && change.answer?.state !== 'allowed';
    const texts = findings.map(({ text }) => words(text));
    return {
      weight: refused ? weights.refused : weights.notice,
      text: () =>
        `- ${opens ? sign(change) : '⚠️'} **${environment.environment}** ${code(review.redact(resource.address, 'name'))} ` +
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
