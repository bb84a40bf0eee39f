import type { Kind } from './model';
import { icons } from './icons';
import { iconRoom, type Box, type Layout, type Point } from './layout';
import { escape, lineHeight, widthOf } from './text';

/** What a plan does to a resource. */
export type ChangeAction = 'create' | 'update' | 'delete' | 'replace';

/** How a layout is shown. */
export interface Appearance {
  /** Title above the picture. */
  readonly title: string;
  /** The action on a box, an area or an arrow, by the addresses it stands for. */
  readonly actionOf: (ids: readonly string[]) => ChangeAction | undefined;
  /** Lines below the picture. */
  readonly notes: readonly string[];
}

const kinds: Readonly<Record<Kind, { light: string; dark: string }>> = {
  people: { light: '#57606a', dark: '#9da7b3' },
  internet: { light: '#57606a', dark: '#9da7b3' },
  network: { light: '#7a4fb5', dark: '#b794f0' },
  compute: { light: '#b85c00', dark: '#f0a35e' },
  database: { light: '#1f6bb8', dark: '#6cb2f5' },
  storage: { light: '#2c7d4f', dark: '#6cc992' },
  security: { light: '#b3374f', dark: '#f28b9b' },
  monitoring: { light: '#0f7a80', dark: '#5ec8cf' },
};

const actions: Readonly<Record<ChangeAction, { sign: string; word: string; light: string; dark: string }>> = {
  create: { sign: '+', word: 'created', light: '#1a7f37', dark: '#4ac26b' },
  update: { sign: '~', word: 'changed', light: '#9a6700', dark: '#d9a520' },
  delete: { sign: '−', word: 'deleted', light: '#cf222e', dark: '#ff7b72' },
  replace: { sign: '±', word: 'replaced', light: '#bc4c00', dark: '#ff9a57' },
};

const paper = {
  light: { paper: '#ffffff', ink: '#1f2933', faint: '#5b6673', line: '#7b8794', card: '#ffffff', edge: '#d3dae2' },
  dark: { paper: '#12171e', ink: '#e6ebf1', faint: '#a3afbd', line: '#8592a3', card: '#1b222c', edge: '#3a4553' },
};
const areas = {
  light: ['#f6f8fa', '#eef4fb', '#fbfcf4', '#ffffff'],
  dark: ['#171d26', '#16212f', '#1f2320', '#1b222c'],
};

const margin = 16;
const headerHeight = 44;

/** Draws a layout: text as text in generic fonts, readable on light and dark pages. */
export function toSvg(layout: Layout, { title, actionOf, notes }: Appearance): string {
  const notesHeight = notes.length * 18 + (notes.length > 0 ? 12 : 0);
  const width =
    Math.max(layout.width, widthOf(title, 18, true), ...notes.map((note) => widthOf(note, 12))) + 2 * margin;
  const height = layout.height + headerHeight + notesHeight + margin;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title>`,
    `<style>${style()}</style>`,
    `<defs>${['line', ...Object.keys(actions)].map(arrowHead).join('')}</defs>`,
    `<rect class="paper" width="100%" height="100%" rx="14"/>`,
    `<text class="heading" x="${margin + 24}" y="42">${escape(title)}</text>`,
    `<g transform="translate(${margin} ${headerHeight})">`,
    ...layout.areas.map(({ area, box, depth }) => drawArea(box, depth, actionOf(area.addresses))),
    ...layout.edges.map(({ edge, points }) => drawLine(points, edge.kind, actionOf(edge.addresses))),
    ...layout.areas.map(({ area, box, depth }) => drawAreaTitle(area, box, depth)),
    ...layout.nodes.map(({ node, box }) => drawNode(node, box, actionOf([node.id]))),
    ...layout.edges.map(({ edge, label }) => drawLabel(edge.labels, label, actionOf(edge.addresses))),
    '</g>',
    ...notes.map(
      (note, index) =>
        `<text class="small" x="${margin + 24}" y="${round(headerHeight + layout.height + 12 + index * 18)}">${escape(note)}</text>`,
    ),
    '</svg>',
  ];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

/** One line that says what the marks mean, of those actions that occur. */
export function legend(used: readonly ChangeAction[]): string {
  return (Object.keys(actions) as ChangeAction[])
    .filter((action) => used.includes(action))
    .map((action) => `${actions[action].sign} ${actions[action].word}`)
    .join(' · ');
}

function drawArea({ x, y, width, height }: Box, depth: number, action: ChangeAction | undefined): string {
  return [
    `<g ${classes('area', `depth${Math.min(depth, 3)}`, action)}>`,
    `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="10"/>`,
    badge(action, x + width, y),
    '</g>',
  ].join('');
}

/** Above the lines, which may cross it: its letters keep a margin in the area's colour. */
function drawAreaTitle(area: { title: string; subtitle: string }, { x, y }: Box, depth: number): string {
  return [
    `<g class="over depth${Math.min(depth, 3)}">`,
    `<text class="title" x="${round(x + 16)}" y="${round(y + 25)}">${escape(area.title)}</text>`,
    `<text class="small" x="${round(x + 16)}" y="${round(y + 43)}">${escape(area.subtitle)}</text>`,
    '</g>',
  ].join('');
}

function drawNode(
  node: { kind: Kind; title: string; subtitle: string },
  { x, y, width, height }: Box,
  action: ChangeAction | undefined,
): string {
  const middle = y + height / 2;
  const titleY = node.subtitle === '' ? middle + 5 : middle - 4;
  return [
    `<g ${classes('node', node.kind, action)}>`,
    `<rect class="card" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="9"/>`,
    `<g class="icon" transform="translate(${round(x + 14)} ${round(middle - 13)}) scale(1.08)">${icons[node.kind]}</g>`,
    `<text class="title" x="${round(x + iconRoom)}" y="${round(titleY)}">${escape(node.title)}</text>`,
    node.subtitle === ''
      ? ''
      : `<text class="small" x="${round(x + iconRoom)}" y="${round(middle + 15)}">${escape(node.subtitle)}</text>`,
    badge(action, x + width, y),
    '</g>',
  ].join('');
}

function classes(...names: readonly (string | undefined)[]): string {
  return `class="${names.filter(Boolean).join(' ')}"`;
}

function badge(action: ChangeAction | undefined, x: number, y: number): string {
  if (action === undefined) return '';
  const { sign, word } = actions[action];
  return (
    `<g class="badge"><title>${word}</title><circle cx="${round(x - 4)}" cy="${round(y + 4)}" r="11"/>` +
    `<text x="${round(x - 4)}" y="${round(y + 9.5)}">${sign}</text></g>`
  );
}

function drawLine(points: readonly Point[], kind: string, action: ChangeAction | undefined): string {
  if (points.length < 2) return '';
  return `<path ${classes('line', kind, action)} d="${rounded(points)}" marker-end="url(#arrow-${action ?? 'line'})"/>`;
}

function drawLabel(labels: readonly string[], box: Box | undefined, action: ChangeAction | undefined): string {
  if (box === undefined) return '';
  const rows = (
    action === undefined ? labels : labels.map((row, i) => (i === 0 ? `${actions[action].sign} ${row}` : row))
  )
    .map(
      (row, index) =>
        `<text x="${round(box.x + box.width / 2)}" y="${round(box.y + 14 + index * lineHeight)}">${escape(row)}</text>`,
    )
    .join('');
  const rect = `<rect x="${round(box.x)}" y="${round(box.y)}" width="${round(box.width)}" height="${round(box.height)}" rx="6"/>`;
  return `<g ${classes('label', action)}>${rect}${rows}</g>`;
}

/** A line with soft corners that ends a little before its arrow head's tip. */
function rounded(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (before === undefined) return `M${round(point.x)} ${round(point.y)}`;
      if (after === undefined) return `L${pair(towards(point, before, 2))}`;
      const radius = Math.min(8, distance(before, point) / 2, distance(point, after) / 2);
      return `L${pair(towards(point, before, radius))}Q${pair(point)} ${pair(towards(point, after, radius))}`;
    })
    .join('');
}

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function pair({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function arrowHead(name: string): string {
  return `<marker id="arrow-${name}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="head ${name}" d="M0 1L9 5L0 9z"/></marker>`;
}

function style(): string {
  return [
    'text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}',
    '.heading{font-size:18px;font-weight:600}.title{font-size:14px;font-weight:600}.small{font-size:12px}',
    '.over text{paint-order:stroke;stroke-width:5px;stroke-linejoin:round}',
    '.card{stroke-width:1.5}.area rect{stroke-width:1.2}.icon{fill:none;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}',
    '.line{fill:none;stroke-width:1.6}.access{stroke-dasharray:5 4}',
    '.label text{font-size:12px;font-weight:600;text-anchor:middle}',
    '.badge text{font-size:15px;font-weight:700;text-anchor:middle}',
    '.create,.update,.delete,.replace{stroke-width:2.4}',
    theme('light'),
    `@media (prefers-color-scheme:dark){${theme('dark')}}`,
  ].join('');
}

function theme(scheme: 'light' | 'dark'): string {
  const { paper: background, ink, faint, line, card, edge } = paper[scheme];
  return [
    `.paper,.label rect{fill:${background}}.label rect{stroke:${edge};stroke-width:1}`,
    `text{fill:${ink}}.small{fill:${faint}}.line{stroke:${line}}.head.line{fill:${line};stroke:none}`,
    `.card{fill:${card}}.area rect{stroke:${edge}}`,
    ...areas[scheme].map((fill, depth) => `.depth${depth}>rect{fill:${fill}}.over.depth${depth} text{stroke:${fill}}`),
    ...Object.entries(kinds).map(([kind, colour]) => `.${kind} .card,.${kind} .icon{stroke:${colour[scheme]}}`),
    ...Object.entries(actions).map(
      ([action, colour]) =>
        `.${action}>.card,.${action}>rect,.line.${action}{stroke:${colour[scheme]};stroke-width:2.4}` +
        `.head.${action},.${action}>.badge circle,.label.${action} text{fill:${colour[scheme]}}` +
        `.${action}>.badge text{fill:${background}}`,
    ),
  ].join('');
}
