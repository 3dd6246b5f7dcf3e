/** What the probes of path-mtu found, against the prediction. */
import type { Plan } from '../../plan/plan.js';
import type { Observation } from '../../result/result.js';
import type { TransferResult } from '../../probes/bulk-transfer.js';
import type { CheckContext } from '../../check/contract.js';
import type { Ending } from '../../probes/datagram-probes.js';
import { containersOf } from '../../probes/endpoint-choice.js';
import { observedLink } from '../../probes/observed-link.js';
import type { Measured } from '../../check/outcome.js';
import { ipv6MinimumBytes } from '../../address/ip.js';
import { directionName } from './directions.js';
import { isExact, isReachable, largestBytes, type Measurement, vlanSlackBytes } from './probing.js';
import { counted, enumerate } from '../../check/words.js';

export interface InterfaceMtu {
  readonly node: string;
  readonly link: string;
  /** Undefined when the interface is gone. */
  readonly mtuBytes: number | undefined;
}

export interface Findings {
  readonly predictedBytes: number;
  readonly interfaces: readonly InterfaceMtu[];
  readonly measurements: readonly Measurement[];
  /** Pairs of a probe endpoint and a container. */
  readonly pairs: number;
  /** IP fragments that the hosts made meanwhile, for whatever reason. */
  readonly fragments: number;
  readonly bulk: readonly TransferResult[];
}

/** The predicted size does not arrive. */
export function isShort({ shots }: Measurement, predictedBytes: number): boolean {
  return !shots.some(({ sizeBytes, ending }) => sizeBytes === predictedBytes && ending.kind === 'delivered');
}

/** More than predicted arrives, beyond what veth and bridge always let through, and nobody was told. */
export function isLong(measurement: Measurement, predictedBytes: number): boolean {
  return (largestBytes(measurement) ?? 0) > predictedBytes + vlanSlackBytes;
}

export async function interfaceMtus({ plan, lab }: CheckContext): Promise<readonly InterfaceMtu[]> {
  const found = containersOf(plan).map(async ({ node, link }) => {
    const now = await observedLink(lab, { node, link });
    return { node, link, mtuBytes: now?.mtuBytes };
  });
  return await Promise.all(found);
}

/** The MTU that a largest size stands for: the slack is none of it. */
function mtuOf(largest: number | undefined, predictedBytes: number): number {
  const size = largest ?? 0;
  return size > predictedBytes && size <= predictedBytes + vlanSlackBytes ? predictedBytes : size;
}

export function measuredMtu(plan: Plan, findings: Findings): Measured {
  const { predictedBytes, interfaces, measurements, pairs } = findings;
  const known = measurements.some(isExact) ? measurements.filter(isExact) : measurements;
  const delivered = known.map((one) => mtuOf(largestBytes(one), predictedBytes));
  const families = new Set(measurements.map(({ family }) => (family === 'ipv4' ? 'IPv4' : 'IPv6')));
  const without = plan.cluster.network.ipv6 !== undefined && plan.mtu.bytes < ipv6MinimumBytes;
  const containers = new Set(interfaces.map(({ node }) => node));
  const probed = new Set(measurements.map(({ to }) => to.node).filter((node) => containers.has(node))).size;
  const had = interfaces.map(({ mtuBytes }) => mtuBytes ?? 0);
  return {
    summary: `delivered ${range(delivered)}, predicted ${predictedBytes}, interfaces ${range(had)} bytes; larger: ${enumerate([...endings(findings).keys()].map(withoutOffender))}`,
    coverage: `${counted(pairs, 'pair')} of a probe endpoint and a container, ${probed} of ${interfaces.length} containers, both directions, ${enumerate(families)}`,
    observations: [
      { name: 'predictedMtuBytes', value: predictedBytes, subject: plan.mtu.why },
      ...perValue(
        'interfaceMtuBytes',
        interfaces.map(({ node, link, mtuBytes }) => [`${node}:${link}`, mtuBytes ?? null]),
      ),
      ...perValue(
        'largestDeliveredBytes',
        known.map((one) => [`${directionName(one)} ${one.family}`, largestBytes(one) ?? null]),
      ),
      ...[...endings(findings)].map(
        ([value, subjects]): Observation => ({ name: 'largerEnds', value, subject: enumerate(subjects) }),
      ),
      ...(without
        ? [{ name: 'ipv6', value: `not measured: ${plan.mtu.bytes} is below the minimum of ${ipv6MinimumBytes}` }]
        : []),
    ],
  };
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}

/** One observation for each value, with everything that has it. */
function perValue(name: string, measured: ReadonlyArray<readonly [string, number | null]>): readonly Observation[] {
  const subjects = new Map<number | null, string[]>();
  for (const [subject, value] of measured) subjects.set(value, [...(subjects.get(value) ?? []), subject]);
  return [...subjects].map(([value, all]) => ({ name, value, subject: enumerate(all) }));
}

/** How what is larger than predicted ends, and in which directions. */
function endings({ measurements, predictedBytes }: Findings): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const measurement of measurements.filter(isReachable))
    for (const { sizeBytes, ending } of measurement.shots)
      if (sizeBytes > predictedBytes + vlanSlackBytes) {
        const words = endingWords(ending);
        found.set(words, (found.get(words) ?? new Set()).add(directionName(measurement)));
      }
  return new Map([...found].map(([words, subjects]) => [words, [...subjects]]));
}

const withoutOffender = (words: string): string => words.replace(/ from [\da-f.:]+$/, '');

export function endingWords(ending: Ending): string {
  if (ending.kind === 'delivered') return 'delivered';
  if (ending.kind === 'silence') return 'silence';
  if (ending.kind === 'refused') return `${ending.code} from the sender's own kernel`;
  const mtu = ending.mtuBytes === undefined ? '' : ` with MTU ${ending.mtuBytes}`;
  return `ICMP (${ending.code})${mtu} from ${ending.offender ?? 'somebody'}`;
}
