import { actionOf, type Change, createsFirst, leavesTheOld, type Redact } from '@mlflow-on-aws/plan';
import { diffChange, diffOf } from '../diff';
import type { EnvironmentReview, ReviewedChange } from '../review';
import { type Item, section, type Section } from './fit';
import { code, diffFence, fence, folded, visible, words } from './markdown';
import { weights } from './weights';

/** What somebody changed outside Terraform. */
export function drift(environment: EnvironmentReview, redact: Redact): Section[] {
  const items = environment.drift.map(({ resource, action, findings }): Item => ({
    weight: weights.drift,
    text: () => {
      const what = action === 'destroy' ? 'is gone' : 'was changed';
      const warning = findings.map(({ text }) => `⚠️ ${words(text)}\n\n`).join('');
      const lines = signed(diffOf(resource.change, redact));
      return `${code(redact(resource.address, 'name'))} ${what}\n\n${warning}${lines.length > 0 ? `${diffFence(lines)}\n\n` : ''}`;
    },
  }));
  const [open, close] = folded(`<b>Drift</b>: ${items.length} changed outside Terraform, not by this pull request`);
  return section(`\n${open}`, items, close);
}

/** Outputs that change. */
export function outputs({ plan }: EnvironmentReview, redact: Redact): Section[] {
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

const order = ['replace', 'destroy', 'forget', 'update', 'no-op', 'read', 'create'];

function diffWeight({ action, answer, loss, findings }: ReviewedChange): number {
  const important = answer !== undefined || loss !== undefined || findings.length > 0;
  return weights.diff + (important ? 0 : 1 + order.indexOf(action));
}

/** Changes, the most important first. */
export function byWeight(changes: readonly ReviewedChange[]): ReviewedChange[] {
  return [...changes].sort((a, b) => diffWeight(a) - diffWeight(b));
}

const longestDiff = 150;

/** So many changes with the same diff are shown once. */
const fewestSame = 3;
const headingsShown = 5;

/** What changes, attribute by attribute; what is the same in several resources is shown once. */
export function fullDiff(changes: readonly ReviewedChange[], redact: Redact): Section[] {
  const shown = changes.filter(differs);
  const items = sameDiffs(shown, redact).map((group): Item => ({
    weight: Math.min(...group.map(diffWeight)),
    text: () => {
      const [first] = group as [ReviewedChange];
      const lines = signed(diffOf(first.resource.change, redact));
      const left = lines.length - longestDiff;
      const cut = left > 1 ? [...lines.slice(0, longestDiff), `# ${left} more lines`] : lines;
      const headings = group
        .slice(0, headingsShown)
        .map((change) => `@@ ${redact(change.resource.address, 'name')}: ${verb(change)} @@`);
      const more = group.length - headings.length;
      return `${diffFence([...headings, ...(more > 0 ? [`# and ${more} more with the same diff`] : []), ...cut])}\n\n`;
    },
  }));
  const [open, close] = folded(`<b>Full diff</b> (${shown.length})`);
  return section(`\n${open}`, items, close);
}

/** Changes by what their diff says. Only updates are compared: what comes or goes has a name of its own. */
function sameDiffs(changes: readonly ReviewedChange[], redact: Redact): ReviewedChange[][] {
  const groups = new Map<string, ReviewedChange[]>();
  changes.forEach((change, index) => {
    const compared = change.action === 'update' && changes.length >= fewestSame;
    const key = compared ? JSON.stringify([verb(change), diffOf(change.resource.change, redact)]) : String(index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  });
  return [...groups.values()].flatMap((group) => (group.length >= fewestSame ? [group] : group.map((one) => [one])));
}

/** What is only moved, imported or forgotten stays as it is. */
function differs({ action }: ReviewedChange): boolean {
  return action !== 'no-op' && action !== 'forget';
}

function verb({ action, resource }: ReviewedChange): string {
  if (leavesTheOld(resource)) return 'create, then forget the old one';
  if (action === 'replace') return createsFirst(resource) ? 'create, then destroy the old one' : 'destroy, then create';
  return action === 'no-op' ? 'no change' : action;
}

function signed(lines: ReturnType<typeof diffOf>): string[] {
  return lines.map(({ sign: first, text }) => `${first} ${text}`);
}
