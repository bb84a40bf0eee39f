import { architectureOf } from './architecture';
import { layOut } from './layout';
import type { Architecture } from './model';
import { between } from './placement';
import { Stack, type StackResource } from './stack';
import { legend, toSvg, type ChangeAction } from './svg';

/** What to draw beside the stack itself. */
export interface DrawingOptions {
  /** Title above the picture. */
  readonly title: string;
  /**
   * What a plan does, by address; the boxes, areas and arrows that stand for one of them are marked.
   * @default - nothing is marked
   */
  readonly changes?: ReadonlyMap<string, ChangeAction>;
}

/** A picture, and what could not be shown in it. */
export interface Drawing {
  /** The SVG document. */
  readonly svg: string;
  /** Changed addresses that no box, area or arrow stands for, such as what is no longer in the stack. */
  readonly undrawn: readonly string[];
}

/** Draws the architecture of a synthesized stack (the parsed `cdk.tf.json`). */
export async function drawArchitecture(
  json: unknown,
  { title, changes = new Map() }: DrawingOptions,
): Promise<Drawing> {
  const stack = new Stack(json);
  const architecture = architectureOf(stack);
  const shown = marks(stack, architecture, changes);
  const undrawn = [...changes.keys()].filter((address) => !shown.places.has(address)).sort();
  const notes = changes.size === 0 ? [] : [legend([...new Set(changes.values())])];
  if (undrawn.length > 0) notes.push(`Changed too, but not drawn: ${listed(undrawn)}`);
  const svg = toSvg(await layOut(architecture), { title, actionOf: shown.actionOf, notes });
  return { svg, undrawn };
}

interface Marks {
  /** The box, area or arrow that stands for an address. */
  readonly places: ReadonlyMap<string, string>;
  readonly actionOf: (ids: readonly string[]) => ChangeAction | undefined;
}

function marks(stack: Stack, architecture: Architecture, changes: ReadonlyMap<string, ChangeAction>): Marks {
  const boxes = new Set(architecture.nodes.map(({ id }) => id));
  const own = new Set([
    ...boxes,
    ...architecture.areas.flatMap(({ addresses }) => addresses),
    ...architecture.edges.flatMap(({ addresses }) => addresses),
  ]);
  const places = new Map<string, string>();
  const actions = new Map<string, { address: string; action: ChangeAction }[]>();
  for (const [address, action] of changes) {
    // An instance of a resource with `count` or `for_each` is shown by the resource's one box.
    const resource = stack.resources.get(address.replace(/\[[^\]]*\]$/, ''));
    const place = resource && standIn(stack, resource, boxes, own);
    if (place === undefined) continue;
    places.set(address, place);
    actions.set(place, [...(actions.get(place) ?? []), { address, action }]);
  }
  return {
    places,
    actionOf: (ids) => {
      const found = ids.flatMap((id) => actions.get(id) ?? []);
      const itself = found.find(({ address }) => ids.includes(address));
      // What is created beside a box that stays is a change of the box.
      return itself?.action ?? (found.length > 0 ? 'update' : undefined);
    },
  };
}

/** The drawn thing that shows a resource's change: itself, else what uses it, else what it is a part of. */
function standIn(
  stack: Stack,
  resource: StackResource,
  boxes: ReadonlySet<string>,
  own: ReadonlySet<string>,
): string | undefined {
  const usedBy = (part: StackResource): StackResource[] =>
    [...stack.resources.values()].filter((other) => stack.references(other.values).includes(part));
  const search = (next: (from: StackResource) => StackResource[], places = own): string | undefined => {
    const seen = new Set([resource]);
    for (const candidate of seen) {
      if (places.has(candidate.address)) return candidate.address;
      next(candidate).forEach((other) => seen.add(other));
    }
    return undefined;
  };
  const partOf = (part: StackResource): StackResource[] => stack.references(part.values);
  if (usedThrough.includes(resource.type)) return search(usedBy, boxes) ?? search(partOf);
  return search(partOf) ?? search(usedBy);
}

/** Types that are what they are by whoever uses them. */
const usedThrough = [...between, 'aws_security_group', 'aws_iam_role', 'aws_db_parameter_group', 'aws_key_pair'];

function listed(addresses: readonly string[]): string {
  const more = addresses.length - 4;
  return addresses.slice(0, 4).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
