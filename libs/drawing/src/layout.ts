import ELK, { type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Architecture, DrawnArea, DrawnEdge, DrawnNode } from './model';
import { lineHeight, widthOf } from './text';

/** A point of the drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A place in the drawing. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Everything of an architecture with the place that the layout found for it. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly areas: readonly { readonly area: DrawnArea; readonly box: Box; readonly depth: number }[];
  readonly nodes: readonly { readonly node: DrawnNode; readonly box: Box }[];
  readonly edges: readonly { readonly edge: DrawnEdge; readonly points: readonly Point[]; readonly label?: Box }[];
}

const layered = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '22',
  'elk.spacing.edgeEdge': '16',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.padding': '[top=24,left=24,bottom=24,right=24]',
};

/** Height of a box. */
export const nodeHeight = 60;
/** Room that a box keeps for its icon. */
export const iconRoom = 52;

/** Finds a place for everything; the same architecture always gets the same places. */
export async function layOut(architecture: Architecture): Promise<Layout> {
  const children = (parent: string | undefined): ElkNode[] => [
    ...architecture.areas
      .filter((area) => area.parent === parent)
      .map((area) => ({
        id: area.id,
        layoutOptions: {
          ...layered,
          'elk.padding': '[top=60,left=22,bottom=22,right=22]',
        },
        children: children(area.id),
      })),
    ...architecture.nodes
      .filter((node) => node.parent === parent)
      .map((node) => ({
        id: node.id,
        width: Math.ceil(
          Math.max(150, iconRoom + 18 + Math.max(widthOf(node.title, 14, true), widthOf(node.subtitle, 12))),
        ),
        height: nodeHeight,
      })),
  ];
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: layered,
    children: children(undefined),
    edges: architecture.edges.map((edge, index) => ({
      id: `edge ${index}`,
      sources: [edge.from],
      targets: [edge.to],
      labels: edge.labels.length === 0 ? [] : [label(edge)],
    })),
  };
  const root = await new ELK().layout(graph);
  const boxes = new Map<string, { box: Box; depth: number }>();
  const collect = (node: ElkNode, depth: number): void => {
    boxes.set(node.id, { box: boxOf(node), depth });
    node.children?.forEach((child) => collect(child, depth + 1));
  };
  collect(root, -1);
  const placed = (id: string): { box: Box; depth: number } =>
    boxes.get(id) ?? { box: { x: 0, y: 0, width: 0, height: 0 }, depth: 0 };
  return {
    width: Math.ceil(root.width ?? 0),
    height: Math.ceil(root.height ?? 0),
    areas: architecture.areas
      .map((area) => ({ area, ...placed(area.id) }))
      .sort((one, other) => one.depth - other.depth),
    nodes: architecture.nodes.map((node) => ({ node, box: placed(node.id).box })),
    edges: architecture.edges.map((edge, index) => {
      const route = root.edges?.[index];
      const section = route?.sections?.[0];
      const place = route?.labels?.[0];
      return {
        edge,
        points: section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : [],
        label: place && boxOf(place),
      };
    }),
  };
}

function label(edge: DrawnEdge): {
  text: string;
  width: number;
  height: number;
  layoutOptions: Record<string, string>;
} {
  return {
    text: edge.labels.join('\n'),
    width: Math.ceil(Math.max(...edge.labels.map((line) => widthOf(line, 12, true))) + 24),
    height: edge.labels.length * lineHeight + 6,
    layoutOptions: { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' },
  };
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { x, y, width, height };
}
