/** The network as it is drawn, inside the page. */
import { svgOf } from '../../graph/svg.js';
import type { Topology } from '../../graph/topology.js';
import { html, type Html, trusted } from './html.js';

/** A picture is made smaller to fit, down to this share of its own size; then it scrolls. Below, nobody can read it. */
const leastScale = 0.64;
const pixelsPerPoint = 96 / 72;

/** Colours come from the page, so that it follows dark and light; Graphviz' own are for those who copy the picture. */
export async function picture(topology: Topology): Promise<Html> {
  // What it is called stands above it.
  const drawn = (await svgOf({ ...topology, title: '' }))
    .replaceAll(/<title>[^<]*<\/title>\n?/gu, '')
    .replaceAll(/<!--.*?-->\n?/gsu, '')
    .replaceAll(/ id="[^"]*"/gu, '')
    .replace('<svg ', '<svg class="picture" role="img" ');
  const widthPoints = Number(/ width="([\d.]+)pt"/u.exec(drawn)?.[1] ?? 0);
  const least = Math.round(widthPoints * pixelsPerPoint * leastScale);
  return html`<figure class="drawing"><div class="scroll" tabindex="0" role="region" aria-label="${topology.title}"><svg class="least" width="${least}" height="0" aria-hidden="true"></svg>${trusted(drawn)}</div></figure>`;
}
