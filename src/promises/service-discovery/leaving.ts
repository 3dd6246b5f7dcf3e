/** Whether a container that stops, and one that no longer answers, leave the answers in time. */
import type { NamedService } from '../../scenario/scenario.js';
import { healthCheckSeconds } from '../../discovery/consul.js';
import type { Endpoint } from '../../plan/plan.js';
import type { Evidence, Observation } from '../../result/result.js';
import type { CheckContext } from '../../check/contract.js';
import { timeUntil } from '../../probes/patience.js';
import { ask, type Client, clientsOf, nameOf } from './answers.js';
import { type Server, serve, serverOf, silence } from './leaving-servers.js';

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

/**
 * Two more containers serve; one is stopped, the other one's cable is pulled, or its server killed where it shares the
 * network of its host. Each must be gone for a client elsewhere.
 */
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
  const servers: readonly Server[] = await Promise.all(
    guests.map((guest, i) => serverOf(context.lab, service, guest, i)),
  );
  const [stopped, silent] = servers as readonly [Server, Server];
  await serve(context, servers);
  const leads = async (one: Server) => (await answer(context, witness, one.service))?.includes(one.guest.ipv4);
  const known = async (one: Server) => (await leads(one)) === true;
  const gone = async (one: Server) => (await leads(one)) === false;
  const appeared = await Promise.all(
    servers.map((one) => timeUntil(() => known(one), { pauseMs: POLL_MS, limitMs: APPEAR_MS }, context.signal)),
  );
  const late = servers.filter((_, i) => appeared[i] === undefined);
  if (late.length > 0) return { evidence: late.map((one) => neverCame(one, witness)), observations: [] };
  const silentMs = context.plan.scenario.discovery.agents === 'container' ? SILENT_AGENT_MS : SILENT_MS;
  const startedMs = performance.now();
  await context.guests.remove([stopped.guest]);
  const removedMs = performance.now() - startedMs;
  await silence(context.lab, silent);
  const [lingeredMs, silenceMs] = await Promise.all([
    timeUntil(() => gone(stopped), { pauseMs: POLL_MS, limitMs: STOPPED_MS }, context.signal),
    timeUntil(() => gone(silent), { pauseMs: POLL_MS, limitMs: silentMs }, context.signal),
  ]);
  const stopMs = lingeredMs === undefined ? undefined : Math.round(lingeredMs + removedMs);
  return {
    evidence: [
      ...(stopMs === undefined ? [stillThere(stopped, witness, 'has stopped', STOPPED_MS)] : []),
      ...(silenceMs === undefined ? [stillThere(silent, witness, 'no longer answers', silentMs)] : []),
    ],
    observations: [
      { name: 'goneAfterStopMs', value: stopMs ?? null, subject: stopped.guest.node },
      { name: 'goneAfterSilenceMs', value: silenceMs ?? null, subject: silent.guest.node },
    ],
  };
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

function neverCame({ guest, service }: Server, { agent }: Client): Evidence {
  return {
    message: `${guest.node} began to serve ${service.name}, and ${nameOf(service.name)} did not lead to it within ${APPEAR_MS} ms`,
    where: guest.node,
    expected: guest.ipv4,
    seen: `the agent of ${agent} does not know it`,
  };
}

function stillThere({ guest, service }: Server, { agent }: Client, what: string, limitMs: number): Evidence {
  return {
    message: `${guest.node} ${what}, and after ${limitMs} ms ${nameOf(service.name)} still leads to it, or nobody answers`,
    where: guest.host ?? agent,
    expected: `answers without ${guest.ipv4}`,
    seen: `asked of the agent of ${agent}`,
  };
}
