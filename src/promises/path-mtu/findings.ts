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
import { plannedInterfaces } from './expectation.js';
import type { Limit } from './limit.js';
import { isExact, isReachable, largestBytes, type Measurement, vlanSlackBytes } from './probing.js';
import { counted, enumerate } from '../../check/words.js';

export interface InterfaceMtu {
  readonly node: string;
  readonly link: string;
  readonly plannedBytes: number;
  /** Undefined when the interface is gone. */
  readonly mtuBytes: number | undefined;
}

/** A direction, and the interface that limits it where less arrives than was to. */
export interface Judged extends Measurement {
  readonly limit?: Limit;
}

export interface Findings {
  readonly interfaces: readonly InterfaceMtu[];
  readonly measurements: readonly Judged[];
  /** Pairs of a probe endpoint and a container. */
  readonly pairs: number;
  /** IP fragments that the hosts made meanwhile, for whatever reason. */
  readonly fragments: number;
  readonly bulk: readonly TransferResult[];
}

/** The predicted size does not arrive: a tunnel may have settled on less. */
export function isBelow(measurement: Measurement): boolean {
  return (largestBytes(measurement) ?? 0) < measurement.predictedBytes;
}

/** The predicted size does not arrive, nor what a tunnel may settle on instead. */
export function isShort(measurement: Measurement): boolean {
  return (largestBytes(measurement) ?? 0) < measurement.leastBytes;
}

/** More than predicted arrives, beyond what veth and bridge always let through, and nobody was told. */
export function isLong(measurement: Measurement): boolean {
  return (largestBytes(measurement) ?? 0) > measurement.mostBytes + vlanSlackBytes;
}

/** What containers like the sender may send does not arrive, and nobody tells them how much would: a black hole. */
export function isSwallowed(measurement: Measurement): boolean {
  const { sentBytes, predictedBytes, shots } = measurement;
  if (sentBytes <= predictedBytes + vlanSlackBytes || isShort(measurement) || isLong(measurement)) return false;
  const tooLarge = shots.filter(({ sizeBytes: size }) => size > predictedBytes + vlanSlackBytes && size <= sentBytes);
  const lost = tooLarge.filter(({ ending }) => ending.kind !== 'delivered');
  return lost.length > 0 && !lost.some(({ ending }) => isTold(ending, predictedBytes));
}

function isTold(ending: Ending, predictedBytes: number): boolean {
  if (ending.kind === 'refused') return ending.code === 'EMSGSIZE';
  return ending.kind === 'signalled' && (ending.mtuBytes ?? Infinity) <= predictedBytes + vlanSlackBytes;
}

export const isAsPredicted = (measurement: Measurement): boolean =>
  !isShort(measurement) && !isLong(measurement) && !isSwallowed(measurement);

export async function interfaceMtus({ plan, lab }: CheckContext): Promise<readonly InterfaceMtu[]> {
  const planned = plannedInterfaces(plan);
  const found = containersOf(plan).map(async ({ node, link }) => {
    const now = await observedLink(lab, { node, link });
    return { node, link, plannedBytes: planned.get(node) ?? plan.mtu.bytes, mtuBytes: now?.mtuBytes };
  });
  return await Promise.all(found);
}

/**
 * The MTU that a largest size stands for, wherever it is told: the slack is none of it. What is 1504 bytes behind an interface
 * with MTU 1500 is 1500 in every sentence.
 */
export function deliveredBytes(measurement: Judged): number | undefined {
  const largest = largestBytes(measurement);
  const { predictedBytes, limit } = measurement;
  const isSlackOf = (mtu: number) => largest !== undefined && largest > mtu && largest <= mtu + vlanSlackBytes;
  return [predictedBytes, ...(limit === undefined ? [] : [limit.mtuBytes])].find(isSlackOf) ?? largest;
}

export function measuredMtu(plan: Plan, findings: Findings): Measured {
  const { interfaces, measurements, pairs } = findings;
  const known = measurements.some(isExact) ? measurements.filter(isExact) : measurements;
  const delivered = known.map((one) => deliveredBytes(one) ?? 0);
  const predicted = measurements.map(({ predictedBytes }) => predictedBytes);
  const families = new Set(measurements.map(({ family }) => (family === 'ipv4' ? 'IPv4' : 'IPv6')));
  const without = plan.cluster.network.ipv6 !== undefined && plan.mtu.bytes < ipv6MinimumBytes;
  const containers = new Set(interfaces.map(({ node }) => node));
  const probed = new Set(measurements.map(({ to }) => to.node).filter((node) => containers.has(node))).size;
  const had = interfaces.map(({ mtuBytes }) => mtuBytes ?? 0);
  return {
    summary: `delivered ${range(delivered)}, predicted ${range(predicted)}, interfaces ${range(had)} bytes; larger: ${enumerate([...endings(findings).keys()].map(withoutOffender))}`,
    coverage: `${counted(pairs, 'pair')} of a probe endpoint and a container, ${probed} of ${interfaces.length} containers, both directions, ${enumerate(families)}`,
    observations: [
      ...predictions(plan, measurements),
      ...perValue(
        'interfaceMtuBytes',
        interfaces.map(({ node, link, mtuBytes }) => [`${node}:${link}`, mtuBytes ?? null]),
      ),
      ...perValue(
        'largestDeliveredBytes',
        known.map((one) => [`${directionName(one)} ${one.family}`, deliveredBytes(one) ?? null]),
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

/** The arithmetic, and in a mixed fleet what it comes to for each direction. */
function predictions({ mtu }: Plan, measurements: readonly Measurement[]): readonly Observation[] {
  if (measurements.every(({ predictedBytes }) => predictedBytes === mtu.bytes))
    return [{ name: 'predictedMtuBytes', value: mtu.bytes, subject: mtu.why }];
  const each = measurements.map((one) => [directionName(one), one.predictedBytes] as const);
  return [{ name: 'arithmetic', value: mtu.why }, ...perValue('predictedMtuBytes', each)];
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
function endings({ measurements }: Findings): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const measurement of measurements.filter(isReachable))
    for (const { sizeBytes, ending } of measurement.shots)
      if (sizeBytes > measurement.predictedBytes + vlanSlackBytes) {
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
