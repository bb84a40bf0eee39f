import { actionOf, type Change, hidden, type Redact } from '@mlflow-on-aws/plan';
import { isPolicy, jsonIn, normalPolicy, textIn } from './documents';
import type { DiffLine } from './line';
import { pairs } from './lists';
import { canonical, elements, isContainer, isMarked, isNothing, isObject, keysOf, type Marked, part } from './marks';
import { isWord, lineWidth, show, showShort } from './show';
import { diffText } from './text';

export type { DiffLine } from './line';

type Path = readonly (string | number)[];

/** Where a comparison stands: the name a person reads, Terraform's own path, and the attribute it is in. */
interface Place {
  readonly name: string;
  readonly path: Path;
}

/** The differences of a change, attribute by attribute, as lines of a diff. */
export function diffChange(change: Change, redact: Redact): DiffLine[] {
  const before: Marked = { value: change.before, sensitive: change.before_sensitive };
  const after: Marked = { value: change.after, sensitive: change.after_sensitive, unknown: change.after_unknown };
  const later: string[] = [];
  const comparison = new Comparison(redact, later, actionOf({ change }) === 'replace', change.replace_paths);
  const lines = comparison.compare({ name: '', path: [] }, before, after);
  const remarks = later.length === 0 ? [] : [{ sign: '#' as const, text: `known after apply: ${listed(later)}` }];
  if (lines.length === 0 && remarks.length === 0 && change.actions.includes('update')) {
    return [{ sign: '#', text: 'only what is marked sensitive changes' }];
  }
  return [...lines, ...remarks];
}

const known = new WeakMap<Change, { readonly redact: Redact; readonly lines: readonly DiffLine[] }>();

/** The differences of a change, found once however often they are asked for. */
export function diffOf(change: Change, redact: Redact): readonly DiffLine[] {
  const found = known.get(change);
  if (found?.redact === redact) return found.lines;
  const lines = diffChange(change, redact);
  known.set(change, { redact, lines });
  return lines;
}

/** What makes a change a replacement: each attribute with its value before and after. */
export function forcedBy({ before, after, replace_paths, ...marks }: Change, redact: Redact): string[] {
  return replace_paths.map((path) => {
    const at = (marked: Marked): Marked => path.reduce(part, marked);
    const old = at({ value: before, sensitive: marks.before_sensitive });
    const fresh = at({ value: after, sensitive: marks.after_sensitive, unknown: marks.after_unknown });
    const attribute = String(path.findLast((key) => typeof key === 'string') ?? '');
    const name = path
      .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index ? '.' : ''}${key}`))
      .join('');
    const shown = redact(name, 'name');
    const [from, to] = [showShort(old, redact, attribute), showShort(fresh, redact, attribute)];
    return from === to ? shown : `${shown}: ${from} → ${to}`;
  });
}

class Comparison {
  public constructor(
    private readonly redact: Redact,
    /** Names of what is known only after apply. */
    private readonly later: string[],
    private readonly replaces = false,
    private readonly replacePaths: readonly Path[] = [],
  ) {}

  public compare(place: Place, before: Marked, after: Marked): DiffLine[] {
    const nothingBefore = isNothing(before);
    if (nothingBefore && isNothing(after)) return [];
    if (after.unknown === true && nothingBefore) {
      this.later.push(this.named(place));
      return [];
    }
    if (after.unknown !== true && !isMarked(after.unknown) && canonical(before.value) === canonical(after.value))
      return [];
    if (place.path.length === 0) return this.objects(place, before, after);
    if (nothingBefore) return isEmptyText(after) ? [] : this.whole('+', place, after);
    if (isNothing(after)) return isEmptyText(before) ? [] : this.whole('-', place, before);
    if (before.sensitive === true || after.sensitive === true) return [this.hiddenChange(place)];
    if (after.unknown === true) {
      // Everything that AWS gives a resource is new in a replacement: only what forces it is worth a line.
      if (!this.replaces || this.forces(place)) return this.scalars(place, before, after);
      this.later.push(this.named(place));
      return [];
    }
    if (isObject(before.value) && (isObject(after.value) || isObject(after.unknown))) {
      return this.objects(place, before, after);
    }
    if (Array.isArray(before.value) && (Array.isArray(after.value) || Array.isArray(after.unknown))) {
      return this.lists(place, before, after);
    }
    return (
      this.documents(place, before, after) ?? this.texts(place, before, after) ?? this.scalars(place, before, after)
    );
  }

  private objects(place: Place, before: Marked, after: Marked): DiffLine[] {
    // tags_all is tags and the provider's default tags: it says something of its own only when tags stay.
    const repeated = place.path.length === 0 && !sameTags(before, after);
    return keysOf(before, after).flatMap((key) => {
      if (repeated && key === 'tags_all') return [];
      const name = isWord(key) ? `${place.name && '.'}${key}` : `[${JSON.stringify(key)}]`;
      return this.compare({ name: place.name + name, path: [...place.path, key] }, part(before, key), part(after, key));
    });
  }

  private lists(place: Place, before: Marked, after: Marked): DiffLine[] {
    const objects = [...elements(before), ...elements(after)].some(({ value }) => isContainer(value));
    if (!objects && this.fitOnALine(before, after)) return this.scalars(place, before, after);
    const waiting = this.later.length;
    const lines = pairs(before, after).flatMap((pair) => {
      const inner = { name: `${place.name}${pair.label || (objects ? '' : '[]')}`, path: [...place.path, pair.index] };
      return this.compare(inner, pair.before ?? { value: undefined }, pair.after ?? { value: undefined });
    });
    const same = lines.length === 0 && this.later.length === waiting;
    return same ? [this.remark(place, 'same elements in another order')] : lines;
  }

  /** Whether two lists are read faster side by side than by what changes in them. */
  private fitOnALine(...lists: readonly Marked[]): boolean {
    if (lists.some((list) => elements(list).length > lineWidth / 3)) return false;
    const shown = lists.map((list) => show(list, this.redact));
    return shown.every((lines) => lines.length === 1) && shown.join('').length < lineWidth;
  }

  /** JSON texts, compared as what they say. */
  private documents(place: Place, before: Marked, after: Marked): DiffLine[] | undefined {
    const [old, fresh] = [jsonIn(before.value), jsonIn(after.value)];
    if (old === undefined || fresh === undefined) return undefined;
    const policies = isPolicy(old) && isPolicy(fresh);
    const lines = new Comparison(this.redact, this.later).compare(
      { name: place.name, path: ['json'] },
      { value: policies ? normalPolicy(old) : old },
      { value: policies ? normalPolicy(fresh) : fresh },
    );
    const force = this.forces(place) ? [this.remark(place, 'forces replacement')] : [];
    return lines.length > 0
      ? [...force, ...lines]
      : [...force, this.remark(place, 'says the same, written differently')];
  }

  /** Texts of several lines, compared line by line. */
  private texts(place: Place, before: Marked, after: Marked): DiffLine[] | undefined {
    const attribute = String(place.path.findLast((key) => typeof key === 'string'));
    const text = ({ value }: Marked): string | undefined =>
      textIn(attribute, value) ?? (typeof value === 'string' ? value : undefined);
    const [old, fresh] = [text(before), text(after)];
    if (old === undefined || fresh === undefined || !`${old}${fresh}`.includes('\n')) return undefined;
    const lines = diffText(this.redact(old), this.redact(fresh));
    if (lines.length === 0) return [this.hiddenChange(place)];
    return [
      { sign: '!', text: `${this.named(place)}:${this.force(place)}` },
      ...lines.map(({ sign, text: line }) => ({ sign, text: `    ${line}` })),
    ];
  }

  private scalars(place: Place, before: Marked, after: Marked): DiffLine[] {
    const attribute = String(place.path.findLast((key) => typeof key === 'string'));
    const [old, fresh] = [before, after].map((side) => show(side, this.redact, attribute)) as [string[], string[]];
    if (old.join('\n') === fresh.join('\n')) {
      return this.differing(place, before, after) ?? [this.hiddenChange(place)];
    }
    if (old.length === 1 && fresh.length === 1 && `${old[0]}${fresh[0]}`.length < lineWidth) {
      return [this.changed(place, String(old[0]), String(fresh[0]))];
    }
    return [...this.whole('-', place, before), ...this.whole('+', place, after)];
  }

  /** Long texts that are the same where they are cut: shown from where they part. */
  private differing(place: Place, before: Marked, after: Marked): DiffLine[] | undefined {
    if (typeof before.value !== 'string' || typeof after.value !== 'string') return undefined;
    const [old, fresh] = [this.redact(before.value), this.redact(after.value)];
    if (old === fresh) return undefined;
    let start = 0;
    while (old[start] === fresh[start]) start++;
    const from = Math.max(0, start - 20);
    const tail = (text: string): string => `…${showShort({ value: text.slice(from) }, (inner) => inner)}`;
    return [this.changed(place, tail(old), tail(fresh))];
  }

  /** A value that comes or goes as a whole. */
  private whole(sign: '+' | '-', place: Place, value: Marked): DiffLine[] {
    const attribute = String(place.path.findLast((key) => typeof key === 'string'));
    const [first = '', ...rest] = show(value, this.redact, attribute);
    return [
      { sign, text: `${this.named(place)} = ${first}${this.force(place)}` },
      ...rest.map((text) => ({ sign, text })),
    ];
  }

  private changed(place: Place, before: string, after: string): DiffLine {
    return { sign: '!', text: `${this.named(place)} = ${before} → ${after}${this.force(place)}` };
  }

  private hiddenChange(place: Place): DiffLine {
    return { sign: '!', text: `${this.named(place)}: only what is ${hidden} changes${this.force(place)}` };
  }

  private remark(place: Place, text: string): DiffLine {
    return { sign: '#', text: `${this.named(place)}: ${text}` };
  }

  private named({ name }: Place): string {
    return this.redact(name, 'name');
  }

  private force(place: Place): string {
    return this.forces(place) ? '  # forces replacement' : '';
  }

  private forces({ path }: Place): boolean {
    return this.replacePaths.some((forcing) =>
      forcing.slice(0, path.length).every((key, index) => key === path[index]),
    );
  }
}

function listed(names: readonly string[]): string {
  return names.length <= 12 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;
}

const isEmptyText = ({ value, unknown }: Marked): boolean => value === '' && unknown !== true;

function sameTags(before: Marked, after: Marked): boolean {
  const tags = (side: Marked): string => canonical(part(side, 'tags').value ?? null);
  return isObject(before.value) && isObject(after.value) && tags(before) === tags(after);
}
