/**
 * # encrypted
 *
 * Whoever listens between the hosts learns nothing of what containers tell each other.
 *
 * ## What it asks
 *
 * Is an "encrypted" overlay really encrypted, for every pair of hosts and every kind of packet?
 *
 * ## How it is measured
 *
 * Containers of each ordered pair of hosts send known plaintext to each other: small and full-sized datagrams and a
 * stream, in each family. All cables, switches and routers between the hosts are captured. The tokens must have reached
 * their receivers and must not be readable on the way. As a positive control the same kind of token goes in clear from
 * host to host, and must be seen by the same captures.
 *
 * ## Its limit
 *
 * Up to 64 pairs of hosts. What is looked for is known plaintext: a weak cipher, a replay or a stolen key is not found.
 *
 * ## What breaks it
 *
 * A tunnel whose encryption is off, a fallback in clear, a route around the tunnel, a host that is no member of it.
 *
 * ## What to do
 *
 * The evidence says whose token was readable, on which interface. Look for a route that avoids the tunnel, and at the
 * tunnel's own state (`wg show`).
 */
import type { Family } from '#lab/sockets.js';
import { inWindow } from '#lab/turns.js';
import { twoPopulatedHosts } from '../../check/lacks.js';
import type { Host } from '../../cluster/cluster.js';
import type { Endpoint, Plan, PublishedPort } from '../../plan/plan.js';
import type { CheckOutcome } from '../../result/result.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { Couriers } from './couriers.js';
import { leakEvidence } from './leaks.js';
import { TOKEN_BYTES, type Token, TokenBook } from './tokens.js';
import { type Sighting, UnderlayTaps } from './underlay-taps.js';
import {
  addressIn,
  commonFamilies,
  containersByHost,
  orderedPairs,
  pairCoverage,
} from '../../probes/endpoint-choice.js';
import { failed, inconclusive, type Measured, overflowed, passed, skipped } from '../../check/outcome.js';
import { patiently, untilQuiet } from '../../probes/patience.js';
import { counted, enumerate, tallied } from '../../check/words.js';

const MOST_PAIRS = 64;
/** IP and UDP headers. */
const HEADER_BYTES = { ipv4: 28, ipv6: 48 } as const;
const STREAM_BYTES = 50 * TOKEN_BYTES;
/** What was sent last is still on its way to the taps. */
const TIMES = { quietMs: 30, limitMs: 500 } as const;
/**
 * A tunnel that is still finding its MTU carries in another way what it does not yet trust itself to carry: tinc takes TCP until
 * one of its probes, a burst a second, has come back. So what is sent is sent again for three bursts.
 */
const FINDING_MS = 3_000;
const AGAIN_MS = 500;

/** Whoever listens between the hosts learns nothing of what containers tell each other. */
export const encrypted: Check = {
  promise: 'encrypted',
  lacks: twoPopulatedHosts,
  title:
    'known plaintext between containers of different hosts is on no cable, switch or router between them, while the same sent in clear from host to host is seen there',
  sharing: 'alone',
  async measure(context) {
    const pairs = orderedPairs([...containersByHost(context.plan).values()], MOST_PAIRS);
    if (pairs.length === 0)
      return skipped('fewer than two hosts have containers', 'Give the scenario two hosts with a container each.');
    const tokens = pairs.flatMap(([from, to]) => tokensBetween(context.plan, from[0] as Endpoint, to[0] as Endpoint));
    const { value, overflowed: full } = await inWindow(
      context.lab,
      async () => await listen(context, new TokenBook(tokens)),
      context.signal,
    );
    return judge(context.plan, value, full, pairs.length);
  },
};

interface Heard {
  readonly tokens: readonly Token[];
  readonly arrived: ReadonlySet<Token>;
  readonly sightings: readonly Sighting[];
  readonly places: readonly string[];
  readonly dropped: number;
}

/** Small and full datagrams, and a stream: a tunnel may carry each in another way. And one in clear between the hosts. */
function tokensBetween(plan: Plan, from: Endpoint, to: Endpoint): readonly Token[] {
  const published = plan.published?.find(({ container }) => container === to.node);
  if (published !== undefined) return tokensTo(plan, published, from, to);
  const ends = (family: Family) => ({
    kind: 'overlay' as const,
    from: { node: from.node, host: from.host ?? from.node },
    to: { node: to.node, host: to.host ?? to.node, address: addressIn(to, family) },
    family,
  });
  const secret = commonFamilies(from, to).flatMap((family): Token[] => [
    { ...ends(family), protocol: 'udp', payloadBytes: TOKEN_BYTES },
    { ...ends(family), protocol: 'udp', payloadBytes: plan.mtu.bytes - HEADER_BYTES[family] },
    { ...ends(family), protocol: 'tcp', payloadBytes: STREAM_BYTES },
  ]);
  return [...secret, ...controlBetween(plan, from.host, to.host)];
}

/** Where a container's own address means nothing to others, they send to its published port. */
function tokensTo(
  plan: Plan,
  { address, port, hostPort }: PublishedPort,
  from: Endpoint,
  to: Endpoint,
): readonly Token[] {
  const [sender, host] = [from.host ?? from.node, to.host ?? to.node];
  const secret: Token = {
    kind: 'overlay',
    from: { node: from.node, host: sender },
    to: { node: to.node, host, address, published: { port, hostPort } },
    protocol: 'tcp',
    family: 'ipv4',
    payloadBytes: STREAM_BYTES,
  };
  return [secret, ...controlBetween(plan, from.host, to.host)];
}

/** By the addresses that tunnels use. */
function controlBetween({ cluster }: Plan, from: string | undefined, to: string | undefined): readonly Token[] {
  const host = cluster.hosts.find(({ name }) => name === to);
  if (host === undefined || from === undefined) return [];
  const address = underlayAddress(cluster.underlay.family, host);
  const end = { node: host.name, host: host.name, address };
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  return [
    { kind: 'control', from: { node: from, host: from }, to: end, protocol: 'udp', family, payloadBytes: TOKEN_BYTES },
  ];
}

function underlayAddress(family: Family, { lanIpv4, lanIpv6 }: Host): string {
  return family === 'ipv6' && lanIpv6 !== undefined ? lanIpv6 : lanIpv4;
}

async function listen({ plan, lab, signal }: CheckContext, book: TokenBook): Promise<Heard> {
  const taps = await UnderlayTaps.open(lab, book);
  const couriers = new Couriers(lab, book);
  try {
    // A clear token may be lost at a router on purpose: that it was seen on its way is enough.
    const isMissing = (token: Token): boolean =>
      isSecret(token) ? !couriers.arrived.has(token) : unseenControls([token], taps.sightings).length > 0;
    await couriers.carry(book.tokens, isMissing, signal);
    const isReadable = (token: Token): boolean => taps.sightings.some((sighting) => sighting.token === token);
    const untilMs = performance.now() + Math.min(FINDING_MS, plan.mtu.settlesMs ?? 0);
    while (performance.now() < untilMs && !book.tokens.every(isReadable)) {
      await patiently(() => book.tokens.every(isReadable), AGAIN_MS, signal);
      await couriers.send(book.tokens.filter((token) => !isReadable(token)));
    }
    await untilQuiet(() => taps.sightings.length, TIMES, signal);
    const { sightings, places } = taps;
    return { tokens: book.tokens, arrived: couriers.arrived, sightings, places, dropped: await taps.takeDropped() };
  } finally {
    couriers.close();
    taps.close();
  }
}

const isSecret = ({ kind }: Token): boolean => kind === 'overlay';
const pairOf = ({ from, to }: Token): string => [from.host, to.host].toSorted().join(' and ');

function judge(plan: Plan, heard: Heard, isFull: boolean, pairs: number): CheckOutcome {
  const measured = measuredTokens(plan, heard, pairs);
  const leaks = heard.sightings.filter(({ token }) => isSecret(token));
  if (leaks.length > 0) return failed(measured, leakEvidence(leaks));
  const lost = heard.tokens.filter((token) => isSecret(token) && !heard.arrived.has(token));
  if (isFull && lost.length > 0) return overflowed(counted(lost.length, 'token'), measured);
  const doubt = doubtOf(heard, lost);
  return doubt === undefined ? passed(measured) : inconclusive(measured, [], doubt.reason, doubt.remedy);
}

/** Why silence would prove nothing. */
function doubtOf(
  heard: Heard,
  lost: readonly Token[],
): { readonly reason: string; readonly remedy: string } | undefined {
  const unseen = unseenControls(heard.tokens, heard.sightings);
  if (unseen.length > 0)
    return {
      reason: `what was sent in clear between ${enumerate(unseen)} was not seen at both of them, so not to see the rest proves nothing`,
      remedy: 'See that hosts reach each other on the underlay.',
    };
  if (lost.length > 0)
    return {
      reason: `${counted(lost.length, 'token')} did not arrive, and prove nothing: ${tallied(lost.map(({ from, to }) => `${from.node} -> ${to.node}`))}`,
      remedy: 'See container-to-container for what is lost.',
    };
  if (heard.dropped > 0)
    return {
      reason: `the kernel dropped ${counted(heard.dropped, 'frame')} because netlab read them too slowly`,
      remedy: 'Measure again on a less busy machine.',
    };
  return undefined;
}

/** Pairs of hosts of which one's cable showed none of their clear tokens, in whichever direction a router lets them through. */
function unseenControls(tokens: readonly Token[], sightings: readonly Sighting[]): readonly string[] {
  const controls = tokens.filter((token) => !isSecret(token));
  const seen = new Set(sightings.map(({ token, node }) => `${pairOf(token)} at ${node}`));
  const isSeen = (token: Token): boolean =>
    [token.from.host, token.to.host].every((host) => seen.has(`${pairOf(token)} at ${host}`));
  return [...new Set(controls.filter((token) => !isSeen(token)).map(pairOf))];
}

function measuredTokens({ mtu }: Plan, heard: Heard, pairs: number): Measured {
  const secret = heard.tokens.filter(isSecret);
  const seen = new Set(heard.sightings.map(({ token }) => token));
  const readable = secret.filter((token) => seen.has(token)).length;
  const clear = heard.tokens.filter((token) => !isSecret(token));
  const found = clear.filter((token) => seen.has(token)).length;
  const hosts = new Set(secret.map(({ from }) => from.host)).size;
  const families = new Set(secret.map(({ family }) => (family === 'ipv4' ? 'IPv4' : 'IPv6')));
  const got = secret.filter((token) => heard.arrived.has(token)).length;
  return {
    summary: `${readable === 0 ? 'none' : readable} of ${counted(secret.length, 'token')} between containers were readable on the underlay, ${found} of ${clear.length} sent in clear between hosts; ${got} arrived`,
    coverage: `${pairCoverage(pairs, hosts, 'hosts')}, UDP of ${TOKEN_BYTES} bytes and of MTU ${mtu.bytes}, TCP, ${enumerate(families)}; ${counted(heard.places.length, 'interface')} of hosts, switches and routers`,
    observations: [
      { name: 'tokensSent', value: secret.length },
      { name: 'tokensArrived', value: got },
      { name: 'tokensReadable', value: readable },
      { name: 'clearTokensSeen', value: found },
      { name: 'clearTokensSent', value: clear.length },
    ],
  };
}
