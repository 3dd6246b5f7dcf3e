/** What becomes of a lease when its container stops, and of a container when its client dies. */
import { AddressError } from '../../address/error.js';
import type { Endpoint } from '../../plan/plan.js';
import type { Evidence, Observation } from '../../result/result.js';
import { leaseClients, type RunningClient } from '../../probes/lease-record.js';
import type { CheckContext } from '../../check/contract.js';
import { orRefusal } from '../../reachability/guest-flows.js';
import { patiently } from '../../probes/patience.js';
import type { Recipient } from '../../probes/dhcp-message.js';
import type { LeaseAsker } from '../../probes/lease-asker.js';
import { observedLink } from '../../probes/observed-link.js';
import { addressOf, ipv4Of, LeaseTap, placeOf } from './renewals.js';

/** A watchdog looks at least so often. */
const NOTICE_MS = 10_000;
/** What was sent is there when the client's end is known; what netlab has not read yet may take a turn of its loop. */
const LAST_WORDS_MS = 200;
const GREETING_MS = 500;

export interface Endings {
  readonly evidence: readonly Evidence[];
  readonly observations: readonly Observation[];
}

/** Two containers more: one stops, the other one loses its client. */
export async function watchEndings(context: CheckContext, asker: LeaseAsker, server: Recipient): Promise<Endings> {
  const host = context.plan.cluster.hosts[0]?.name ?? '';
  const order = { host, address: 'next' } as const;
  const added = await orRefusal(context.guests.add([order, order]));
  if (added instanceof AddressError) return refusedEnding(added);
  const [stopped, orphaned] = added as readonly [Endpoint, Endpoint];
  try {
    const first = await watchStop(context, stopped, server);
    const second = await watchDeath(context, orphaned);
    // A client that was killed gave nothing back; later checks want the whole pool.
    asker.release({ mac: orphaned.mac ?? '', address: orphaned.ipv4, server });
    return {
      evidence: [...first.evidence, ...second.evidence],
      observations: [...first.observations, ...second.observations],
    };
  } finally {
    await context.guests.remove(added.filter(({ node }) => context.lab.nodes.has(node)));
  }
}

function refusedEnding({ message }: AddressError): Endings {
  const evidence = { message: `one container more got no lease: ${message}`, expected: 'an address of the pool' };
  return { evidence: [evidence], observations: [] };
}

async function clientOf({ lab }: CheckContext, { node }: Endpoint): Promise<RunningClient | undefined> {
  return (await leaseClients(lab)).find((client) => client.node === node && client.lease.family === 'ipv4');
}

/** The lease is given back on the wire, and the client's process is gone. */
async function watchStop(context: CheckContext, guest: Endpoint, server: Recipient): Promise<Endings> {
  const client = await clientOf(context, guest);
  if (client === undefined) return { evidence: [clientless(guest)], observations: [] };
  await greet(context, guest, server.address);
  const released = await isReleased(context, guest, client.service.node);
  const { pid } = client.service;
  const isGone = await patiently(
    async () => !(await context.lab.processes()).some((process) => process.pid === pid),
    NOTICE_MS,
    context.signal,
  );
  return {
    evidence: [...(released ? [] : [unreleased(guest)]), ...(isGone ? [] : [lingering(guest, client)])],
    observations: [{ name: 'releasedAtStop', value: released, subject: guest.node }],
  };
}

/**
 * Listens at the host, not in the container: what is sent last is still there to be read when the container's own network,
 * and every socket in it, is gone.
 */
async function isReleased(context: CheckContext, guest: Endpoint, host: string): Promise<boolean> {
  const tap = await LeaseTap.open(context, { node: host });
  try {
    await context.guests.remove([guest]);
    const isHeard = (): boolean => tap.messages.some(({ type, mac }) => type === 'release' && mac === guest.mac);
    return await patiently(isHeard, LAST_WORDS_MS, context.signal);
  } finally {
    tap.close();
  }
}

/**
 * The container asks the server for an echo, answered or not: a client gives its lease back with the last thing that it sends,
 * which must not wait for ARP in a network that is about to go.
 */
async function greet({ lab, signal }: CheckContext, { node }: Endpoint, address: string): Promise<void> {
  const socket = await lab.node(node).sockets.icmp({ family: 'ipv4' });
  try {
    let isAnswered = false;
    socket.onMessage = ({ kind }) => {
      isAnswered ||= kind === 'reply';
    };
    socket.sendRequest({ address, identifier: 1, sequence: 1, payload: Buffer.alloc(8) });
    await patiently(() => isAnswered, GREETING_MS, signal);
  } finally {
    socket.close();
  }
}

function clientless({ node, host }: Endpoint): Evidence {
  return {
    message: `${node} has an address, and no lease client`,
    where: host ?? node,
    expected: 'a client of its own',
  };
}

function unreleased({ node, host, ipv4 }: Endpoint): Evidence {
  return {
    message: `${node} stopped, and its lease of ${ipv4} was not given back: nobody can have it until it expires`,
    where: host ?? node,
    expected: 'a DHCPRELEASE',
    seen: 'none',
  };
}

function lingering({ node, host }: Endpoint, { service }: RunningClient): Evidence {
  return {
    message: `${node} stopped, and its lease client still runs`,
    where: host ?? node,
    expected: 'no process',
    seen: `process ${service.pid}`,
  };
}

/** Somebody notices: the container leaves the network, gives its address up, or gets another client. */
async function watchDeath(context: CheckContext, guest: Endpoint): Promise<Endings> {
  const client = await clientOf(context, guest);
  if (client === undefined) return { evidence: [clientless(guest)], observations: [] };
  const startedMs = performance.now();
  await context.lab.signal(client.service, 'SIGKILL');
  const isNoticed = async (): Promise<boolean> => {
    const [clients, offline] = await Promise.all([leaseClients(context.lab), isOffline(context, client)]);
    const running = clients.filter(({ service }) => service.isRunning);
    return !running.some((one) => isSame(one, client)) && (offline || running.some(({ node }) => node === client.node));
  };
  const noticed = await patiently(isNoticed, NOTICE_MS, context.signal);
  const tookMs = Math.round(performance.now() - startedMs);
  if (noticed) return { evidence: [], observations: [{ name: 'deadClientNoticedMs', value: tookMs }] };
  const evidence = {
    message: `the lease client of ${guest.node} died, and after ${NOTICE_MS} ms nobody had noticed: its address ${guest.ipv4} may be leased to somebody else when the lease expires`,
    where: client.service.node,
    expected: 'the container is taken off the network, or gets another client',
    seen: `${guest.node} still has ${(await addressOf(context, client)) ?? 'its interface'}, and no client`,
  };
  return { evidence: [evidence], observations: [] };
}

/** The interface is gone, its cable is cut, or it has no address any more. */
async function isOffline(context: CheckContext, client: RunningClient): Promise<boolean> {
  const link = await observedLink(context.lab, placeOf(client));
  return link?.running !== true || ipv4Of(link) === undefined;
}

function isSame(one: RunningClient, other: RunningClient): boolean {
  return one.service.node === other.service.node && one.service.pid === other.service.pid;
}
