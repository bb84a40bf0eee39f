import { type Plan, type Redact, referencesOf } from '@mlflow-on-aws/plan';
import type { ReviewedChange } from '../review';
import { section, type Section } from './fit';
import { folded } from './markdown';
import { weights } from './weights';

/** More boxes than this are no picture any more. */
const mostBoxes = 40;

/** How each action looks: the sign before a name, and GitHub's own colours of a diff. */
const looks: Readonly<Record<string, { readonly sign: string; readonly style: string }>> = {
  create: { sign: '+', style: 'fill:#dafbe1,stroke:#1a7f37,color:#1f2328' },
  update: { sign: '~', style: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328' },
  replace: { sign: '±', style: 'fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px' },
  destroy: { sign: '−', style: 'fill:#ffebe9,stroke:#cf222e,color:#1f2328' },
};
const beside = 'fill:#f6f8fa,stroke:#d1d9e0,color:#59636e';

/**
 * The changed resources and those beside them as a Mermaid graph, which GitHub draws in a comment: an arrow goes from a resource to
 * what it uses. Nothing where it would be a box alone, or more boxes than anybody reads.
 */
export function changedPart(plan: Plan, changes: readonly ReviewedChange[], redact: Redact): Section[] {
  const changed = new Map(
    changes.filter(({ action }) => action in looks).map(({ resource, action }) => [base(resource.address), action]),
  );
  const arrows = [...referencesOf(plan)].flatMap(([from, targets]) =>
    targets.filter((to) => changed.has(from) || changed.has(to)).map((to) => [from, to] as const),
  );
  const boxes = [...new Set([...changed.keys(), ...arrows.flat()])];
  if (arrows.length === 0 || boxes.length > mostBoxes) return [];
  const idOf = (address: string) => `r${boxes.indexOf(address)}`;
  const text = () =>
    [
      '```mermaid',
      'flowchart LR',
      ...boxes.map((address) => {
        const action = changed.get(address);
        const sign = action === undefined ? '' : `${looks[action]?.sign} `;
        const [type = '', ...name] = redact(address, 'name').split('.');
        const title = [`${sign}${type.replace(/^aws_/, '')}`, name.join('.')].map(harmless).join('<br>');
        return `  ${idOf(address)}["${title}"]:::${action ?? 'beside'}`;
      }),
      ...arrows.map(([from, to]) => `  ${idOf(from)} --> ${idOf(to)}`),
      ...Object.entries(looks).map(([action, { style }]) => `  classDef ${action} ${style}`),
      `  classDef beside ${beside}`,
      '```\n',
    ].join('\n');
  const [open, close] = folded('<b>Picture of what changes</b>');
  return section(`\n${open}`, [{ weight: weights.picture, text: () => `${text()}\n` }], close);
}

/** The address in the source, without an instance's key. */
function base(address: string): string {
  return address.replace(/\[("([^"\\]|\\.)*"|\d+)\]$/, '');
}

/** Nothing in a name may end a label, a fence or a line, or be HTML: Mermaid's own entities. */
function harmless(text: string): string {
  return text.replace(/[^\w .:/+~−±-]/gu, (sign) => `#${sign.codePointAt(0)};`);
}
