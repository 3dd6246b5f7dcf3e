/** What is compared: netlab, a minimal netlink program in C, and Mininet, each doing the same work. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { NetworkNamespace } from '#lab/kernel/namespace.js';
import { createVeth } from '#lab/kernel/netlink/link.js';
import { NetlinkSocket } from '#lab/kernel/netlink/socket.js';
import { proveClean, snapshotMachine } from '#lab/machine.js';
import { startSandbox } from '#lab/sandbox.js';
import { readLinks } from '#lab/netns/observe.js';
import { emptyNode, type NodeState } from '#lab/state.js';
import type { Plan } from '#src/plan/plan.js';

const observerNetlink = NetlinkSocket.open(NetworkNamespace.create(), 'observer');
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface Timing {
  readonly upMs: number;
  readonly downMs: number;
  readonly allPairsMs?: number;
}

/** One bridge and `count` containers with an IPv4 address each: exactly what the floor makes. */
export function bridgeOf(count: number): NodeState[] {
  const names = Array.from({ length: count }, (_, index) => `c${index + 1}`);
  const ports = names.map(
    (name) =>
      ({ kind: 'veth', name: `v${name}`, peer: { node: name, link: 'eth0' }, master: 'br0', addresses: [] }) as const,
  );
  const bridge = { kind: 'bridge', name: 'br0', stp: false, forwardDelaySeconds: 0, addresses: [] } as const;
  const containers = names.map((name, index) => ({
    ...emptyNode(name, 'container', 'h1'),
    links: [
      { kind: 'veth', name: 'eth0', peer: { node: 'h1', link: `v${name}` }, addresses: [addressOf(index)] },
    ] as const,
  }));
  return [{ ...emptyNode('h1', 'host'), links: [bridge, ...ports] }, ...containers];
}

const addressOf = (index: number): string => `10.1.${1 + Math.floor(index / 250)}.${2 + (index % 250)}/16`;

/** Only what the flow engine reads of a plan. */
function planOf(nodes: readonly NodeState[]): Plan {
  const containers = nodes.filter(({ role }) => role === 'container');
  const endpoints = containers.map(({ name }, index) => ({
    node: name,
    role: 'container',
    host: 'h1',
    link: 'eth0',
    ipv4: addressOf(index).replace('/16', ''),
  }));
  return { nodes, endpoints } as unknown as Plan;
}

export async function netlab(count: number, withPairs: boolean): Promise<Timing> {
  const before = await snapshotMachine();
  const sandbox = await startSandbox({ entry: here('inside.ts') });
  const nodes = bridgeOf(count);
  const upMs = await sandbox.channel.call<number>('build', { nodes });
  const pairs = withPairs
    ? await sandbox.channel.call<{ ms: number; lost: number }>('allPairs', { plan: planOf(nodes) })
    : undefined;
  if (pairs !== undefined && pairs.lost > 0) throw new Error(`netlab lost ${pairs.lost} probes`);
  const startedMs = performance.now();
  void sandbox.channel.call('stop', null).catch(() => undefined);
  await sandbox.exited;
  await kernelHasFreed();
  const downMs = performance.now() - startedMs;
  const proof = await proveClean({ mark: sandbox.mark, nodes, before, deadlineMs: 30_000 });
  if (proof.leftovers.length > 0) throw new Error(proof.leftovers.join('\n'));
  return { upMs, downMs, ...(pairs === undefined ? {} : { allPairsMs: pairs.ms }) };
}

/** The floor is compiled on the spot, so that it fits this kernel and this compiler. */
export async function compileFloor(into: string): Promise<string> {
  await execa('cc', ['-O2', '-o', into, here('floor.c')]);
  return into;
}

export async function floor(program: string, count: number): Promise<Timing> {
  const child = execa('unshare', ['--net', program, String(count)], { stdin: 'pipe' });
  const upMs = await new Promise<number>((resolve) =>
    child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString()))),
  );
  const startedMs = performance.now();
  child.stdin.end();
  await child;
  await kernelHasFreed();
  return { upMs, downMs: performance.now() - startedMs };
}

export async function mininet(count: number, withPairs: boolean): Promise<Timing> {
  const { stdout } = await execa('/usr/bin/python3', [
    here('mininet-side.py'),
    String(count),
    ...(withPairs ? ['pings'] : []),
  ]);
  const timing = JSON.parse(stdout.slice(stdout.lastIndexOf('{'))) as {
    upMs: number;
    downMs: number;
    allPairsMs: number | null;
    lossPercent: number | null;
  };
  if ((timing.lossPercent ?? 0) > 0) throw new Error(`Mininet lost ${timing.lossPercent} % of its pings`);
  const startedMs = performance.now();
  await kernelHasFreed();
  return {
    upMs: timing.upMs,
    downMs: timing.downMs + performance.now() - startedMs,
    ...(timing.allPairsMs === null ? {} : { allPairsMs: timing.allPairsMs }),
  };
}

/**
 * Waits until the kernel has taken down every namespace that was let go before this call. One worker does that, in order
 * (cleanup_net, net/core/net_namespace.c): when a namespace let go now is gone, so are those before it. Its end shows in
 * the cable that leads into it.
 */
async function kernelHasFreed(): Promise<void> {
  const canary = NetworkNamespace.create();
  const near = { kind: 'veth', name: 'canary', peer: { node: 'canary', link: 'eth0' }, addresses: [] } as const;
  const far = { kind: 'veth', name: 'eth0', peer: { node: 'observer', link: 'canary' }, addresses: [] } as const;
  observerNetlink.execute([createVeth({ link: near, index: 2 }, { link: far, index: 2 }, canary.fd)]);
  canary.close();
  while (readLinks(observerNetlink).some(({ name }) => name === 'canary')) await delay(1);
}
