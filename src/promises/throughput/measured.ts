/** What is told of the transfers, whatever the verdict. */
import { pairCoverage, containersByHost } from '../../probes/endpoint-choice.js';
import { goodputBitsPerSecond } from '../../probes/bulk-transfer.js';
import type { TunnelBytes } from '../../probes/tunnel-bytes.js';
import type { Plan } from '../../plan/plan.js';
import type { Observation } from '../../result/result.js';
import type { Measured } from '../../check/outcome.js';
import { counted, enumerate } from '../../check/words.js';
import { BYTES, pairName, type Run } from './transfers.js';

/** Rates, how many completed, which tunnels carried them. */
export function measured(plan: Plan, { results, lagMs, tunnels }: Run): Measured {
  const done = results.filter(({ completed }) => completed);
  const across = done.filter(({ from, to }) => from.host !== to.host).map(goodputBitsPerSecond);
  const inside = done.filter(({ from, to }) => from.host === to.host).map(goodputBitsPerSecond);
  const hosts = containersByHost(plan).size;
  const measuredPairs = results.filter(({ from, to }) => from.host !== to.host).length;
  return {
    summary: [
      ...rateWords(across, inside),
      `${done.length} of ${counted(results.length, 'transfer')} completed${tunnelWords(tunnels)}`,
    ].join('; '),
    ...(hosts < 2 ? {} : { coverage: pairCoverage(measuredPairs, hosts, 'hosts') }),
    observations: [
      ...done.map(
        (result): Observation => ({
          name: 'goodputBitsPerSecond',
          value: goodputBitsPerSecond(result),
          subject: pairName(result),
        }),
      ),
      ...Array.from(tunnels, ([subject, value]): Observation => ({ name: 'tunnelBytes', value, subject })),
      { name: 'schedulingLagMs', value: lagMs },
    ],
  };
}

/** Which tunnels had a part in it: a spanning tree leaves some with next to nothing, or what it drops at their other end. */
function tunnelWords(tunnels: TunnelBytes): string {
  if (tunnels.size === 0) return '';
  const busy = [...tunnels].flatMap(([name, bytes]) => (bytes >= BYTES ? [name] : [])).toSorted();
  return `; by ${busy.length === 0 ? 'no tunnel' : `the tunnels that begin at ${enumerate(busy)}`}`;
}

/** Figures first: `9.4-11 Gbit/s across hosts, 12-13 inside` is what a narrow terminal has room for. */
function rateWords(across: readonly number[], inside: readonly number[]): readonly string[] {
  if (across.length === 0) return inside.length === 0 ? [] : [`${rates(inside)} Gbit/s inside a host`];
  return [`${rates(across)} Gbit/s across hosts${inside.length === 0 ? '' : `, ${rates(inside)} inside`}`];
}

/** In Gbit/s, with two digits. */
export const figure = (rate: number): string => String(Number((rate / 1e9).toPrecision(2)));

function rates(bitsPerSecond: readonly number[]): string {
  const [low, high] = [figure(Math.min(...bitsPerSecond)), figure(Math.max(...bitsPerSecond))];
  return low === high ? low : `${low}-${high}`;
}
