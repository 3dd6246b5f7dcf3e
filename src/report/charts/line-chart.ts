/** A chart of lines in its page: names stand at their ends, and above it where there is no room for that: on a phone, or where they are long. */
import { html, type Html, trusted } from '../html/html.js';
import { seriesClass } from './axes.js';

/** In characters: what fits beside the lines. */
const LONGEST = 18;

/** @param names of the series, by their numbers */
export function lineChart(
  svg: string | undefined,
  names: ReadonlyArray<readonly [name: string, series: number]>,
): Html | undefined {
  if (svg === undefined) return undefined;
  const keys = names.map(
    ([name, series]) =>
      html`<span><svg class="key ${seriesClass(series)}" aria-hidden="true"><line class="interval" x1="2" x2="22" y1="7" y2="7"/></svg> ${name}</span> `,
  );
  const isLong = names.some(([name]) => name.length > LONGEST);
  return html`<p class="legend names${isLong ? ' long' : ''}">${keys}</p><div class="lines">${trusted(svg)}</div>`;
}
