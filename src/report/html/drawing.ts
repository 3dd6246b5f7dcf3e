/** The network as it is drawn, inside the page. */
import { embeddedSvg } from '../../graph/svg.js';
import type { Topology } from '../../graph/topology.js';
import { html, type Html, trusted } from './html.js';

/** A picture is made smaller to fit, down to this share of its own size; then it scrolls. Below, nobody can read it. */
const leastScale = 0.8;

/** Colours come from the page, so that it follows dark and light. What cannot be drawn is said, and costs nothing else. */
export function picture(topology: Topology): Html {
  const drawn = tried(topology);
  if (drawn instanceof Error) return html`<p class="quiet">The network could not be drawn: ${drawn.message}</p>`;
  const width = Number(/ width="(\d+)"/u.exec(drawn)?.[1] ?? 0);
  return html`<figure class="drawing"><div class="scroll" tabindex="0" role="region" aria-label="${topology.title}"><svg class="least" width="${Math.round(width * leastScale)}" height="0" aria-hidden="true"></svg>${trusted(drawn)}</div></figure>`;
}

/** Small, for the eye alone; nothing where it cannot be drawn. */
export function thumbnail(topology: Topology): Html {
  const drawn = tried({ ...topology, title: '' });
  if (drawn instanceof Error) return html``;
  return html`<span class="thumbnail" aria-hidden="true">${trusted(drawn)}</span>`;
}

function tried(topology: Topology): string | Error {
  try {
    return embeddedSvg(topology);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
