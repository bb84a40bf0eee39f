import { templates } from './templates';

/** A Markdown table of the keys that templates have different defaults for. */
export function templateTable(): string {
  const names = Object.keys(templates) as (keyof typeof templates)[];
  const flat = names.map((name) => new Map(flatten(templates[name])));
  const keys = [...new Set(flat.flatMap((values) => [...values.keys()]))];
  const rows = keys
    .map((key) => [`\`${key}\``, ...flat.map((values) => values.get(key) ?? '-')])
    .filter(([, first, ...others]) => others.some((other) => other !== first));
  const lines = [['', ...names.map((name) => `\`${name}\``)], ['---', ...names.map(() => '---')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function flatten(value: object, before = ''): [key: string, value: string][] {
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    if (typeof inner === 'object' && !Array.isArray(inner)) return flatten(inner, `${before}${key}.`);
    return [[`${before}${key}`, Array.isArray(inner) ? inner.join(', ') || 'none' : String(inner)]];
  });
}
