import { html, type Html } from './html.js';

/** What the colours of bars mean, each with a sample. */
export function legend(entries: ReadonlyArray<readonly [kind: string, meaning: string]>): Html {
  return html`<p class="legend">${entries.map(([kind, meaning]) => html`<span>${sample(kind)} ${meaning}</span> `)}</p>`;
}

function sample(kind: string): Html {
  const shape =
    kind === 'delivered'
      ? html`<circle class="delivered" cx="50%" cy="7" r="4.5"/>`
      : kind === 'interface'
        ? html`<rect class="interface" x="45%" width="2" height="14"/>`
        : html`<rect class="${kind}" y="3" width="100%" height="8"/>`;
  return html`<svg class="key" aria-hidden="true">${shape}</svg>`;
}
