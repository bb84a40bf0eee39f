import { instance } from '@viz-js/viz';
import type { Architecture, Part } from './architecture';

const font = 'Helvetica,Arial,sans-serif';
const colours = { outside: '#e8eaed', public: '#cfe8d5', private: '#cfe0f5', region: '#fbe3c0' } as const;

/** Draws an architecture as SVG. Graphviz lays it out, so that nothing is placed by hand. */
export async function draw(architecture: Architecture): Promise<string> {
  const viz = await instance();
  return viz.renderString(dot(architecture), { format: 'svg', engine: 'dot' });
}

/** The same in Graphviz's language. */
export function dot({ vpc, parts, ways }: Architecture): string {
  const boxes = (place: Part['place']) =>
    parts
      .filter((part) => part.place === place)
      .map(
        ({ id, title, detail }) =>
          `${quote(id)} [fillcolor=${quote(colours[place])} label=<<b>${escape(title)}</b><br/><font point-size="10">${escape(detail)}</font>>];`,
      )
      .join('\n');
  const subnets = (place: 'public' | 'private') =>
    parts.some((part) => part.place === place)
      ? `subgraph cluster_${place} { label="${place} subnets"; style="rounded,dashed"; color="#8a949e"; ${boxes(place)} }`
      : '';
  return `digraph {
  rankdir=LR; bgcolor="white"; pad=0.3; nodesep=0.45; ranksep=1.1; compound=true;
  graph [fontname="${font}" fontsize=11 fontcolor="#57606a"];
  node [shape=box style="rounded,filled" color="#57606a" fontname="${font}" fontsize=13 fontcolor="#1f2328" margin="0.34,0.16"];
  edge [fontname="${font}" fontsize=10 fontcolor="#57606a" color="#57606a" arrowsize=0.8];
  ${boxes('outside')}
  subgraph cluster_vpc { label=${quote(`VPC ${vpc}`)}; style=rounded; color="#57606a"; ${subnets('public')} ${subnets('private')} }
  subgraph cluster_region { label="AWS services of the region"; style=rounded; color="#c8a165"; ${boxes('region')} }
  ${ways.map(({ from, to, label }) => `${quote(from)} -> ${quote(to)} [label=${quote(` ${label} `)}];`).join('\n  ')}
}`;
}

function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
