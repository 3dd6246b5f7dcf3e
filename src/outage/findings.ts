/** What outages say: numbers for reports, evidence for failures. */
import type { Evidence, Observation } from '../result/result.js';
import type { Outage } from './outage.js';
import { counted } from '../check/words.js';

/** What netlab's own work in the same kernel may cost a flow that nothing has happened to. */
export const TOLERANCE_MS = 100;

export const outageName = ({ from, to }: Pick<Outage, 'from' | 'to'>): string => `${from.node} -> ${to.node}`;

/** @param outages in ms since the cause */
export function outageObservations(outages: readonly Outage[], limitMs: number): readonly Observation[] {
  return [
    { name: 'outageLimitMs', value: limitMs },
    ...outages.flatMap((outage): readonly Observation[] => {
      const subject = outageName(outage);
      const gaps = outage.gaps.map(({ fromMs, toMs }) => `${fromMs}-${toMs}`).join(',');
      return [
        { name: 'outageMs', value: outage.isBack ? outage.outageMs : null, subject },
        { name: 'probesLost', value: outage.lost, subject },
        ...(gaps === '' ? [] : [{ name: 'outageGapsMs', value: gaps, subject }]),
      ];
    }),
  ];
}

/** `h1c1 -> h2c1 for 4120 ms`, the longest one. */
export function longestWords(outages: readonly Outage[]): string {
  const [longest] = outages.toSorted((a, b) => b.outageMs - a.outageMs);
  if (longest === undefined || longest.outageMs === 0) return `${counted(outages.length, 'flow')} lost nothing`;
  return `${counted(outages.length, 'flow')} interrupted for ${longest.outageMs} ms at most (${outageName(longest)})`;
}

export interface Blame {
  readonly where: string;
  /** `after the cable between h1:eth1 and sw1:to-h1 was cut` */
  readonly after: string;
  readonly limitMs: number;
  /** Why so long: the protocols' timers. */
  readonly why: string;
  /** What stands in the way, where that is known. */
  readonly hint?: string;
}

/** Of flows that did not come back, or too late. */
export function lateEvidence(
  outages: readonly Outage[],
  { where, after, limitMs, why, hint }: Blame,
): readonly Evidence[] {
  return outages.map((outage) => ({
    message: `${outageName(outage)} ${outage.isBack ? 'came back too late' : 'did not come back'} ${after}`,
    where,
    expected: `back within ${limitMs} ms${why === '' ? '' : ` (${why})`}`,
    seen: [
      outage.isBack
        ? `interrupted for ${outage.outageMs} ms`
        : `nothing for ${outage.outageMs} ms, ${counted(outage.lost, 'probe')} lost`,
      ...(hint === undefined ? [] : [hint]),
    ].join('; '),
  }));
}

/** Of flows that had nothing to do with it. */
export function disturbedEvidence(
  outages: readonly Outage[],
  { where, after }: Pick<Blame, 'where' | 'after'>,
): readonly Evidence[] {
  return outages
    .filter(({ outageMs }) => outageMs > TOLERANCE_MS)
    .map((outage) => ({
      message: `${outageName(outage)} was interrupted ${after}, with which it has nothing to do`,
      where,
      expected: 'no probe lost',
      seen: `interrupted for ${outage.outageMs} ms`,
    }));
}

export const isLate =
  (limitMs: number) =>
  ({ isBack, outageMs }: Outage): boolean =>
    !isBack || outageMs > limitMs;

/** Also when netlab sent its probes later than it wanted. */
export const isSurelyLate =
  (limitMs: number) =>
  ({ isBack, atLeastMs }: Outage): boolean =>
    !isBack || atLeastMs > limitMs;
