import type { Plan } from '../plan/plan.js';
import { dotOf } from './dot.js';
import { type Topology, topologyOf } from './topology.js';

/**
 * How much smaller text is drawn than Graphviz laid it out: it measures Arial, and where that is missing the browser may
 * take a font as wide as DejaVu Sans (digits of 0.636 em instead of 0.556).
 */
const textScale = 0.87;

/** The plan as a picture: see {@link svgOf}. */
export async function renderSvg(plan: Plan): Promise<string> {
  return await svgOf(topologyOf(plan));
}

/**
 * A topology as a picture, laid out by Graphviz. The only importer of @viz-js/viz, which is loaded when it is needed: it is
 * a megabyte of WebAssembly.
 * @returns one `<svg>` element with its size in points, white behind it, ending with a newline
 */
export async function svgOf(topology: Topology): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  const document = viz.renderString(dotOf(topology), { format: 'svg', engine: 'dot' });
  const element = document.slice(document.indexOf('<svg')).trimEnd();
  return `${scaleText(element.replaceAll(/<g id="node\d+" class="node\b[^"]*">[\s\S]*?<\/g>/gu, centreText))}\n`;
}

/** Graphviz starts each line of a label where it would be centred in Arial; centred in any font, they stay aligned. */
function centreText(node: string): string {
  const outline = /<(?:path|polygon)\b[^>]*\b(?:d|points)="([^"]*)"/u.exec(node)?.[1] ?? '';
  const abscissas = Array.from(outline.matchAll(/(-?[\d.]+),-?[\d.]+/gu), ([, x]) => Number(x));
  if (abscissas.length === 0) return node;
  const centre = (Math.min(...abscissas) + Math.max(...abscissas)) / 2;
  return node.replaceAll(/text-anchor="start" x="[^"]*"/gu, `text-anchor="middle" x="${centre.toFixed(2)}"`);
}

function scaleText(svg: string): string {
  return svg.replaceAll(
    /font-size="([\d.]+)"/gu,
    (_all, size: string) => `font-size="${(Number(size) * textScale).toFixed(2)}"`,
  );
}
