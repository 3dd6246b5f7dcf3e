import pMap from 'p-map';
import { groupBy } from '#lab/group-by.js';
import type { Lab } from '#lab/lab.js';
import type { Closable } from '#lab/sockets.js';
import type { Endpoint } from '../plan/plan.js';
import { Exchange, type Following } from './flow-exchange.js';
import { icmpTransport } from './flow-icmp.js';
import { Probe } from './flow-probe.js';
import { tcpTransport } from './flow-tcp.js';
import { Tokens } from './flow-token.js';
import { codeOf, demandResources, type Transport, type TransportFactory } from './flow-transport.js';
import { udpTransport } from './flow-udp.js';
import type { FlowProtocol, FlowRequest } from '../check/flow.js';
import { pairOf } from './windows.js';

/** How each protocol travels, and how many probes of it may be under way: more would overrun the sockets' buffers. */
const protocols: Readonly<Record<FlowProtocol, { readonly create: TransportFactory; readonly limit: number }>> = {
  icmp: { create: icmpTransport, limit: 256 },
  udp: { create: udpTransport, limit: 256 },
  tcp: { create: tcpTransport, limit: 64 },
};

/**
 * Deliveries of broadcasts that probes under way may cause at one time: a request for a neighbour goes to every port of a flat network,
 * and past net.core.netdev_max_backlog packets (1000 by default) waiting on a processor the kernel drops what comes.
 */
const BROADCAST_DELIVERIES = 1500;
const FEWEST_ASKING = 1;
/** With room for so few, even two protocols asking side by side would be too many. */
const FEW = 8;

/**
 * Sends probes and watches where they arrive: at all endpoints, so that the second owner of an address is caught. Sockets
 * are opened at first use.
 */
export class Probing implements Closable {
  readonly #lab: Lab;
  readonly #endpoints: readonly Endpoint[];
  readonly #signal: AbortSignal;
  readonly #deadlineMs: number | undefined;
  readonly #tokens = new Tokens();
  readonly #transports = new Map<string, Transport>();
  readonly #underWay = new Map<number, Probe>();
  #nextId = 0;

  constructor(lab: Lab, endpoints: readonly Endpoint[], signal: AbortSignal, deadlineMs?: number) {
    this.#lab = lab;
    this.#endpoints = endpoints;
    this.#signal = signal;
    this.#deadlineMs = deadlineMs;
  }

  /** Probes flows at the same time. @returns settled probes @throws the signal's reason when it is aborted */
  async probe(requests: readonly FlowRequest[]): Promise<readonly Probe[]> {
    const probes = requests.map((request) => new Probe(this.#nextId++, request, request.to[request.family] ?? ''));
    for (const probe of probes) this.#underWay.set(probe.id, probe);
    try {
      const order = probes.length > this.#mostAsking ? whoAsks(probes) : allAsk(probes);
      const later = await this.#exchangeAll(order, this.#mostAsking);
      await this.#exchangeAll(allAsk(later), Number.POSITIVE_INFINITY);
    } finally {
      for (const { id } of probes) this.#underWay.delete(id);
    }
    return probes;
  }

  close(): void {
    for (const transport of this.#transports.values()) transport.close();
    this.#transports.clear();
  }

  /** @returns the followers that travel in another way than the probe that they follow: they are still to be sent */
  async #exchangeAll(following: Following, mostAsking: number): Promise<readonly Probe[]> {
    const groups = [...groupBy(following.keys(), wayOf).values()];
    const concurrency = Math.max(1, mostAsking < FEW ? 1 : groups.length);
    await pMap(groups, (group) => this.#exchange(group, following, mostAsking), { concurrency });
    return [...following].flatMap(([probe, own]) => own.filter((one) => wayOf(one) !== wayOf(probe)));
  }

  /** @param asking probes of one protocol and family */
  async #exchange(asking: readonly Probe[], all: Following, mostAsking: number): Promise<void> {
    const [first] = asking;
    if (first === undefined) return;
    const transport = this.#transport(first.request);
    const following = new Map(
      asking.map((probe) => [probe, all.get(probe)?.filter((one) => wayOf(one) === wayOf(first)) ?? []]),
    );
    const probes = [...asking, ...[...following.values()].flat()];
    const deaf = await this.#openEndpoints(transport, probes);
    for (const probe of probes) failImpossible(probe, deaf);
    const limits = {
      underWay: protocols[first.request.protocol].limit,
      asking: mostAsking,
      deadlineMs: this.#deadlineMs,
    };
    await new Exchange(transport, limits, asking, following).run(this.#signal);
  }

  get #mostAsking(): number {
    return Math.max(FEWEST_ASKING, Math.floor(BROADCAST_DELIVERIES / this.#endpoints.length));
  }

  #transport({ protocol, family }: FlowRequest): Transport {
    const key = `${protocol} ${family}`;
    const known = this.#transports.get(key);
    if (known !== undefined) return known;
    const probe = (id: number) => this.#underWay.get(id);
    const transport = protocols[protocol].create({ lab: this.#lab, family, tokens: this.#tokens, probe });
    this.#transports.set(key, transport);
    return transport;
  }

  /** @returns nodes in which nothing could be opened, with the reason */
  async #openEndpoints(transport: Transport, probes: readonly Probe[]): Promise<ReadonlyMap<string, string>> {
    const ends = probes.flatMap(({ request }) => [request.from.node, request.to.node]);
    const sources = new Set(probes.map(({ request }) => request.from.node));
    const deaf = new Map<string, string>();
    const all = new Set([...ends, ...this.#endpoints.map((endpoint) => endpoint.node)]);
    const opening = [...all].map(async (node) => {
      if (!this.#lab.nodes.has(node)) return void deaf.set(node, 'there is no such node');
      await openOrExplain(() => transport.open(node), node, deaf);
      if (sources.has(node)) await openOrExplain(async () => await transport.openSource?.(node), node, deaf);
    });
    await Promise.all(opening);
    return deaf;
  }
}

/**
 * The first probe between two nodes makes them ask for each other by broadcast; all others find the answer there. Between
 * two nodes one protocol asks, so that the number of probes under way is the number of broadcasts.
 */
function whoAsks(probes: readonly Probe[]): Following {
  const groups = groupBy(probes, ({ request }) => `${pairOf(request)} ${request.family}`);
  return new Map([...groups.values()].flatMap(([first, ...others]) => (first === undefined ? [] : [[first, others]])));
}

/** So few that it does not matter who asks whom. */
function allAsk(probes: readonly Probe[]): Following {
  return new Map(probes.map((probe) => [probe, []]));
}

/** Probes of one protocol and family travel through the same sockets. */
const wayOf = ({ request }: Probe): string => `${request.protocol} ${request.family}`;

async function openOrExplain(open: () => Promise<void>, node: string, deaf: Map<string, string>): Promise<void> {
  try {
    await open();
  } catch (error) {
    const code = codeOf(error);
    demandResources(code);
    if (code === undefined) throw error;
    deaf.set(node, code);
  }
}

function failImpossible(probe: Probe, deaf: ReadonlyMap<string, string>): void {
  const { from, to, family } = probe.request;
  for (const { node } of [from, to]) {
    const reason = deaf.get(node);
    if (reason !== undefined) probe.fail(`no socket can be opened in ${node}: ${reason}`);
  }
  if (probe.address === '') probe.fail(`${to.node} has no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`);
}
