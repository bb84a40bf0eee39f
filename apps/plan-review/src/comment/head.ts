import { type Redact, target } from '@mlflow-on-aws/plan';
import { fingerprintLine } from '../fingerprint';
import type { EnvironmentReview, Review, Verdict } from '../review';
import { words } from './markdown';
import { caveats, counts } from './summary';

// The head stands in every comment, whatever else there is room for: nothing in it may be long.
const mostRows = 100;
const longestCell = 500;

/** The lines by which a deploy knows the plans that were reviewed. */
export function fingerprints({ environments }: Review, key: string | undefined): string {
  if (key === undefined) return '';
  return environments
    .map(({ environment, plan, verdict }) =>
      plan === undefined || verdict === 'failed' ? '' : `${fingerprintLine(environment, plan, key)}\n`,
    )
    .join('');
}

const signs: Readonly<Record<Verdict, string>> = { failed: '❌', refused: '⛔', changes: '📝', nothing: '✅' };

/** A plan that changes nothing is not well by that alone: a check may fail, or the plan may leave something out. */
function signOf(environment: EnvironmentReview): string {
  return environment.verdict === 'nothing' && caveats(environment).length > 0 ? '⚠️' : signs[environment.verdict];
}

/**
 * The verdict on all environments.
 *
 * @param unread what else was given and could not be read
 */
export function title({ verdict, environments }: Review, unread: readonly string[]): string {
  const said = (['failed', 'refused', 'changes'] as const).flatMap((one) => {
    const names = environments.filter((of) => of.verdict === one).map(({ environment }) => environment);
    if (one === 'failed') names.push(...new Set(unread));
    return names.length === 0 ? [] : [`${one} (${listed(names)})`];
  });
  const [odd] = environments.map(signOf).filter((sign) => sign === '⚠️');
  const sign = unread.length > 0 ? signs.failed : verdict === 'nothing' ? (odd ?? signs.nothing) : signs[verdict];
  const plain = odd === undefined || verdict !== 'nothing' ? 'no changes' : 'no changes, but see below';
  return `## ${sign} Plan: ${said.join(', ') || plain}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - 10;
  return more > 1 ? `${names.slice(0, 10).join(', ')} and ${more} more` : names.join(', ');
}

/** A line for each environment. */
export function table({ environments, redact }: Review): string {
  const rows = environments.slice(0, mostRows).map((environment) => row(environment, redact));
  const more = environments.length - rows.length;
  const rest = more > 0 ? `| … and ${more} more |  |  |  |  |\n` : '';
  return `| Environment | Verdict | Where | Versions | Planned |\n| --- | --- | --- | --- | --- |\n${rows.join('')}${rest}`;
}

function row(environment: EnvironmentReview, redact: Redact): string {
  const { plan, verdict, failure } = environment;
  const { account, region, provider } = plan === undefined ? {} : target(plan);
  const said = {
    failed: `plan failed: ${words(shortened(failure ?? ''))}`,
    refused: `**refused**: ${counts(environment)}`,
    changes: counts(environment),
    nothing: counts(environment),
  }[verdict];
  const shown = (text: string): string => words(shortened(redact(text, 'name'), 60));
  const place = [account && `account ${shown(account)}`, region && shown(region)].filter(Boolean).join(', ');
  const versions =
    plan && `Terraform ${shown(plan.terraform_version)}${provider ? `, AWS provider ${shown(provider)}` : ''}`;
  const time = plan?.timestamp?.replace('T', ' ').replace(/(:\d\d):\d\d.*/s, '$1 UTC') ?? '';
  const cells = [
    `**${environment.environment}**`,
    `${signOf(environment)} ${[said, ...caveats(environment)].join('; ')}`,
    place,
    versions ?? '',
    shown(time),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function shortened(text: string, most = longestCell): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
