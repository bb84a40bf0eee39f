import type { Redact } from '@mlflow-on-aws/plan';
import type { CostChange } from '../cost';
import { section, type Section } from './fit';
import { code, words } from './markdown';
import { weights } from './weights';

const money = (amount: number): string => `$${amount.toFixed(2)}`;
const openLines = 10;
const mostReasons = 10;
const namesShown = 5;

/** What a plan does to the monthly bill: the sum, and what makes the difference. */
export function costSection(cost: CostChange, redact: Redact): Section[] {
  const { before, after, asOf, lines, byUsage, unpriced } = cost;
  if (asOf === undefined) {
    const why = unpriced[0]?.why;
    if (why === undefined) return [];
    return section('', [{ weight: weights.cost, text: () => `\n**Monthly cost** not known: ${words(why)}\n` }]);
  }
  const difference = after - before;
  const sum =
    Math.abs(difference) < 0.005
      ? `${money(after)}, unchanged`
      : `${money(before)} → ${money(after)} (${difference < 0 ? '−' : '+'}${money(Math.abs(difference))})`;
  const notPriced = byReason(unpriced, redact);
  const text = [
    `\n**Monthly cost** ${sum}, on demand without free tiers, prices of ${asOf}`,
    ...(byUsage > 0 ? [`; ${byUsage} more ${byUsage === 1 ? 'is' : 'are'} billed by usage`] : []),
    ...(notPriced.length > 0 ? [`; not priced: ${notPriced.join(', ')}`] : []),
    '\n',
  ].join('');
  const items = lines.slice(0, openLines).map((line) => ({
    weight: weights.cost,
    text: () =>
      `- ${code(redact(line.address, 'name'))} ${money(line.before)} → ${money(line.after)}: ${words(line.what)}\n`,
  }));
  const more = lines.length - openLines;
  const rest = more > 0 ? [{ weight: weights.cost, text: () => `- and ${more} that change less\n` }] : [];
  return [...section('', [{ weight: weights.cost, text: () => text }]), ...section('\n', [...items, ...rest])];
}

/** What has no price, by the reason: a long list of it would push out what matters more. */
function byReason(unpriced: CostChange['unpriced'], redact: Redact): string[] {
  const reasons = new Map<string, Set<string>>();
  for (const { address, why } of unpriced) reasons.set(why, (reasons.get(why) ?? new Set()).add(address));
  const said = [...reasons].slice(0, mostReasons).map(([why, addresses]) => {
    const names = [...addresses].slice(0, namesShown).map((address) => code(redact(address, 'name')));
    const more = addresses.size - names.length;
    return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} (${words(why)})`;
  });
  const more = reasons.size - said.length;
  return more > 0 ? [...said, `and more for ${more} other reasons`] : said;
}
