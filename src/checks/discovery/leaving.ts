/** Whether a container that stops, and one that no longer answers, leave the answers in time. */
import { setTimeout as delay } from 'node:timers/promises';
import { emptyNode } from '#lab/state.js';
import type { NamedService } from '../../scenario/scenario.js';
import { healthCheckSeconds } from '../../discovery/consul.js';
import { servicesOf } from '../../discovery/decorate.js';
import type { Endpoint } from '../../plan/plan.js';
import type { Evidence, Observation } from '../../result/result.js';
import type { CheckContext } from '../contract.js';
import { ask, type Client, clientsOf, nameOf } from './answers.js';

const POLL_MS = 50;
/** Until a new one is known: its check must have passed once, and the agent must have told the server. */
const APPEAR_MS = 15_000;
/** After a stop: the agent tells the server at once. */
const STOPPED_MS = 3_000;
/** After it fell silent: one interval, a connection that is given up after 1 s, and the way to the server. */
const SILENT_MS = healthCheckSeconds * 1000 + 1000 + 3_000;
/** An agent that fell silent with its container is missed by the others' gossip only (memberlist: suspected, then dead). */
const SILENT_AGENT_MS = 25_000;

export interface Leaving {
  readonly evidence: readonly Evidence[];
  readonly observations: readonly Observation[];
}

/** Two more containers serve; one is stopped, the other one's cable is pulled. Each must be gone for a client elsewhere. */
export async function watchLeaving(context: CheckContext, service: NamedService): Promise<Leaving> {
  const clients = clientsOf(context.plan);
  const host = clients[0]?.from.host;
  const witness = clients.at(-1);
  if (host === undefined || witness === undefined) return { evidence: [], observations: [] };
  const guests = await context.guests.add([
    { host, address: 'next' },
    { host, address: 'next' },
  ]);
  try {
    return await watch(context, service, witness, guests);
  } finally {
    await context.guests.remove(guests.filter(({ node }) => context.lab.nodes.has(node)));
  }
}

async function watch(
  context: CheckContext,
  service: NamedService,
  witness: Client,
  guests: readonly Endpoint[],
): Promise<Leaving> {
  const [stopped, silent] = guests as readonly [Endpoint, Endpoint];
  await serve(context, service, guests);
  const answers = async () => await answer(context, witness, service);
  const known = async (guest: Endpoint) => (await answers())?.includes(guest.ipv4) === true;
  const gone = async (guest: Endpoint) => (await answers())?.includes(guest.ipv4) === false;
  const appeared = await Promise.all(guests.map((guest) => until(context, () => known(guest), APPEAR_MS)));
  const late = guests.filter((_, i) => appeared[i] === undefined);
  if (late.length > 0) return { evidence: late.map((guest) => neverCame(service, witness, guest)), observations: [] };
  const silentMs = context.plan.scenario.discovery.agents === 'container' ? SILENT_AGENT_MS : SILENT_MS;
  const startedMs = performance.now();
  await context.guests.remove([stopped]);
  const removedMs = performance.now() - startedMs;
  context.lab.node(silent.node).setLink(silent.link, { up: false });
  const [lingeredMs, silenceMs] = await Promise.all([
    until(context, () => gone(stopped), STOPPED_MS),
    until(context, () => gone(silent), silentMs),
  ]);
  const stopMs = lingeredMs === undefined ? undefined : Math.round(lingeredMs + removedMs);
  return {
    evidence: [
      ...(stopMs === undefined ? [stillThere(service, witness, stopped, 'has stopped', STOPPED_MS)] : []),
      ...(silenceMs === undefined ? [stillThere(service, witness, silent, 'no longer answers', silentMs)] : []),
    ],
    observations: [
      { name: 'goneAfterStopMs', value: stopMs ?? null, subject: stopped.node },
      { name: 'goneAfterSilenceMs', value: silenceMs ?? null, subject: silent.node },
    ],
  };
}

/** As the plan does for its own containers. */
async function serve({ plan, lab }: CheckContext, service: NamedService, guests: readonly Endpoint[]): Promise<void> {
  const states = guests.flatMap((guest) => {
    const host = guest.host ?? '';
    const container = {
      name: guest.node,
      host,
      ipv4: guest.ipv4,
      mac: guest.mac ?? '',
      assigned: 'automatic',
    } as const;
    const own = servicesOf(plan.scenario, plan.cluster, container, undefined, [service.name]);
    return [
      { ...emptyNode(guest.node, 'container', host), services: own.container },
      { ...emptyNode(host, 'host'), services: own.host },
    ];
  });
  await lab.apply(states);
}

/** What the service's name leads to; undefined when nobody answers, which is no evidence of anything. */
async function answer(
  context: CheckContext,
  client: Client,
  service: NamedService,
): Promise<readonly string[] | undefined> {
  const resolution = await ask(context, client, service.name, 'A');
  return 'reply' in resolution ? resolution.reply.addresses : undefined;
}

/** @returns how long it took in ms; undefined when it did not come true within the limit */
async function until(
  { signal }: CheckContext,
  holds: () => Promise<boolean>,
  limitMs: number,
): Promise<number | undefined> {
  const startedMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedMs > limitMs) return undefined;
    await delay(POLL_MS, undefined, { signal });
  }
  return Math.round(performance.now() - startedMs);
}

function neverCame(service: NamedService, { agent }: Client, guest: Endpoint): Evidence {
  return {
    message: `${guest.node} began to serve ${service.name}, and ${nameOf(service.name)} did not lead to it within ${APPEAR_MS} ms`,
    where: guest.node,
    expected: guest.ipv4,
    seen: `the agent of ${agent} does not know it`,
  };
}

function stillThere(
  service: NamedService,
  { agent }: Client,
  guest: Endpoint,
  what: string,
  limitMs: number,
): Evidence {
  return {
    message: `${guest.node} ${what}, and after ${limitMs} ms ${nameOf(service.name)} still leads to it, or nobody answers`,
    where: guest.host ?? agent,
    expected: `answers without ${guest.ipv4}`,
    seen: `asked of the agent of ${agent}`,
  };
}
