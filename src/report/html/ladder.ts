/** The MTU ladder: how large a packet may be on the wire, by arithmetic, on the interfaces, and in fact. */
import type { ComparedRun } from '../../result/comparison.js';
import { type MtuFacts, mtuFacts, numbersText } from '../comparison-model.js';
import { html, type Html } from './html.js';
import { legend } from './legend.js';
import { runId } from './ids.js';

/** What a share of the axis stands for. The axis does not begin at 0, and says so. */
interface Axis {
  readonly from: number;
  readonly to: number;
}

export function ladderSection(runs: readonly ComparedRun[]): Html {
  const all = runs.map(({ name, result }) => ({ name, mtu: mtuFacts(result) }));
  const axis = axisOf(all.map(({ mtu }) => mtu));
  return html`<section id="mtu"><h2>MTU in bytes</h2>
<p class="hint">The scale runs from ${axis.from} to ${axis.to}.</p>
${legend([
  ['predicted', 'predicted'],
  ['overhead', "taken off the wire's MTU"],
  ['interface', 'interfaces'],
  ['delivered', 'delivered'],
])}
<table class="bars ladder">
<thead><tr><th scope="col">run</th><th scope="col" class="chart">${axis.from} to ${axis.to} bytes</th><th scope="col" class="number">wire</th><th scope="col" class="number">predicted</th><th scope="col" class="number">interfaces</th><th scope="col" class="number">delivered</th><th scope="col">what is larger ends by</th></tr></thead>
<tbody>${all.map(({ name, mtu }) => row(name, mtu, axis))}</tbody></table></section>`;
}

function row(name: string, mtu: MtuFacts, axis: Axis): Html {
  const { wireBytes, predictedBytes, interfaceBytes, deliveredBytes, why } = mtu;
  return html`<tr><th scope="row"><a href="#${runId(name)}">${name}</a>${why === undefined ? '' : html`<span class="note">${why}</span>`}</th>
<td class="chart">${chart(mtu, axis)}</td>
<td class="number" data-label="wire">${wireBytes ?? '–'}</td><td class="number" data-label="predicted">${predictedBytes}</td>
<td class="number" data-label="interfaces">${shown(interfaceBytes)}</td><td class="number ${isOff(mtu) ? 'off' : ''}" data-label="delivered">${shown(deliveredBytes)}${isOff(mtu) ? ' ✖' : ''}</td>
<td class="ends" data-label="what is larger ends by">${mtu.largerEnds.join('; ') || '–'}</td></tr>
`;
}

const shown = (numbers: readonly number[]): string => (numbers.length === 0 ? '–' : numbersText(numbers));

/** Delivered is not what was predicted. */
const isOff = ({ deliveredBytes, predictedBytes }: MtuFacts): boolean =>
  deliveredBytes.some((bytes) => bytes !== predictedBytes);

function axisOf(all: readonly MtuFacts[]): Axis {
  const sizes = all.flatMap(({ wireBytes, predictedBytes, interfaceBytes, deliveredBytes }) => [
    ...(wireBytes === undefined ? [] : [wireBytes]),
    predictedBytes,
    ...interfaceBytes,
    ...deliveredBytes,
  ]);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const step = most - least > 2000 ? 1000 : 50;
  const from = Math.max(Math.floor((least - (most - least) / 3) / step) * step, 0);
  return { from: from === most ? Math.max(most - step, 0) : from, to: most };
}

/** Of the width; a margin on both sides leaves room for the marks. */
function share(bytes: number, { from, to }: Axis): number {
  return 2 + (96 * (bytes - from)) / Math.max(to - from, 1);
}

const percent = (number: number): string => `${number.toFixed(2)}%`;

function chart(mtu: MtuFacts, axis: Axis): Html {
  const { predictedBytes, wireBytes = predictedBytes, interfaceBytes, deliveredBytes } = mtu;
  const [predicted, wire] = [share(predictedBytes, axis), share(Math.max(wireBytes, predictedBytes), axis)];
  const delivered = `delivered ${shown(deliveredBytes)}`;
  return html`<svg class="bar" role="img" aria-label="predicted ${predictedBytes}, ${delivered}">
<rect class="predicted" x="2%" y="8" width="${percent(predicted - 2)}" height="10"/>
<rect class="overhead" x="${percent(predicted)}" y="8" width="${percent(wire - predicted)}" height="10"/>
${interfaceBytes.map((bytes) => html`<rect class="interface" x="${percent(share(bytes, axis))}" y="2" width="2" height="22" transform="translate(-1 0)"/>`)}
${deliveredBytes.map((bytes) => html`<circle class="delivered ${bytes === predictedBytes ? '' : 'off'}" cx="${percent(share(bytes, axis))}" cy="13" r="5"/>`)}
</svg>`;
}
