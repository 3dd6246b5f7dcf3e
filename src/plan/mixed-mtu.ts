/** Containers that may send more than others get: told before anything is built. Pure. */
import type { Container } from '../cluster/cluster.js';
import { pairEnd, pairMtu } from './pair-mtu.js';
import { carriedBytes } from '../strategy/overhead.js';
import type { Plan } from './plan.js';

/** Names that are told one by one. */
const mostNames = 5;

/** A sentence for each size that some containers send and others never get; none where path-mtu is not promised. */
export function mixedMtuWarnings(plan: Plan): readonly string[] {
  if (plan.promises['path-mtu'].declared !== 'promised') return [];
  const containers = plan.cluster.hosts.flatMap((host) => host.containers);
  const receivers = smallestOfEachHost(plan, containers);
  const lost = groups(containers, ({ host, mtuBytes }) => `${host} ${mtuBytes ?? ''}`).flatMap((senders) => {
    const [first] = senders as [Container, ...Container[]];
    const own = pairEnd(plan, first);
    const others = senders.length > 1 ? receivers : receivers.filter(({ name }) => name !== first.name);
    const arriving = others.map((to) => ({ to, ...pairMtu(plan.mtu, own, pairEnd(plan, to)) }));
    const [worst] = arriving.toSorted((a, b) => a.bytes - b.bytes);
    const sentBytes = own.mtuBytes;
    return worst === undefined || worst.bytes >= sentBytes ? [] : [{ senders, sentBytes, ...worst }];
  });
  const told = groups(lost, (one) => `${one.sentBytes} ${one.bytes}`).map((group) => {
    const { sentBytes, bytes } = group[0] as (typeof group)[number];
    const lessBytes = bytes - Math.min(...group.map(({ leastBytes }) => leastBytes));
    const senders = names(group.flatMap((one) => one.senders.map(({ name }) => name)));
    const to = names(group.map((one) => one.to.name));
    return `${senders} may send ${sentBytes} bytes, of which ${bytes} get to ${to}: ${endWords(plan, bytes, lessBytes)}`;
  });
  return told.length === 0 ? [] : [...told, ...treeWarnings(plan)];
}

/** Two of each host: one of them is another than the sender. */
function smallestOfEachHost(plan: Plan, containers: readonly Container[]): readonly Container[] {
  const bytesOf = (container: Container) => pairEnd(plan, container).mtuBytes;
  const byHost = new Map<string, readonly Container[]>();
  for (const container of containers) {
    const two = [...(byHost.get(container.host) ?? []), container].toSorted((a, b) => bytesOf(a) - bytesOf(b));
    byHost.set(container.host, two.slice(0, 2));
  }
  return [...byHost.values()].flat();
}

/** Where tunnels lead by hosts that carry less. Of a spanning tree its bridges decide that, and anew when a tunnel or a host is lost. */
function treeWarnings({ mtu, cluster: { hosts } }: Plan): readonly string[] {
  const pairs = hosts.flatMap((from, index) => hosts.slice(index + 1).map((to) => [from.name, to.name] as const));
  const around = pairs.flatMap(([from, to]) => {
    const pair = pairMtu(mtu, { host: from }, { host: to });
    return pair.by.length > 0 && pair.bytes < carriedByEnds(mtu, from, to)
      ? [{ ...pair, words: `between ${from} and ${to} by ${pair.by.join(' and ')}` }]
      : [];
  });
  return groups(around, (one) => `${one.bytes} ${one.otherwiseBytes}`).map((group) => {
    const { bytes, otherwiseBytes } = group[0] as (typeof group)[number];
    const otherwise = otherwiseBytes > bytes ? `, and up to ${otherwiseBytes} should they ever lead otherwise` : '';
    return `tunnels lead ${names(group.map(({ words }) => words))}: ${bytes} bytes get through${otherwise}`;
  });
}

const carriedByEnds = (mtu: Plan['mtu'], ...hosts: readonly string[]): number =>
  Math.min(...hosts.map((host) => carriedBytes(mtu, host)));

/** @param lessBytes than `bytes` that a tunnel may settle on */
function endWords({ mtu }: Plan, bytes: number, lessBytes: number): string {
  if (mtu.settlesMs !== undefined)
    return `the tunnel finds that out by trying, tells the senders, and may settle on up to ${lessBytes} bytes less. Give hosts that share a network one MTU.`;
  return `what is larger vanishes, and path-mtu cannot be kept. Give hosts that share a network one MTU, or every container \`mtu: ${bytes}\`.`;
}

function groups<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyArray<readonly T[]> {
  const found = new Map<string, T[]>();
  for (const one of all) {
    const group = found.get(keyOf(one));
    if (group === undefined) found.set(keyOf(one), [one]);
    else group.push(one);
  }
  return [...found.values()];
}

function names(all: readonly string[]): string {
  const unique = [...new Set(all)];
  const rest = unique.length - mostNames;
  return rest > 0 ? `${unique.slice(0, mostNames).join(', ')} and ${rest} more` : unique.join(', ');
}
