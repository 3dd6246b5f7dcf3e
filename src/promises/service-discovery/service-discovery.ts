/**
 * # service-discovery
 *
 * A service that is registered by name leads to the containers that serve it, as long as they do.
 *
 * ## What it asks
 *
 * Do A and SRV records lead to the container's own address and port, and do dead servers leave the answers?
 *
 * ## How it is measured
 *
 * One container of each host asks for every service of the scenario by A and SRV, and visits each answer with a web
 * request that tells who answered. Then a container that serves is added, stopped, and another falls silent: both must
 * be gone from the answers in time.
 *
 * ## Its limit
 *
 * Agents may take 15 s to tell each other at first. Needs Consul, which is not in Debian; without it the promise is
 * unverified.
 *
 * ## What breaks it
 *
 * An agent that registers the host's address and a mapped port, a health check that is missing, a resolver without the
 * agent's domain.
 *
 * ## What to do
 *
 * Register the container's own address; give each service a health check.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { aContainer } from '../../check/lacks.js';
import type { CheckOutcome } from '../../result/result.js';
import { resolveName } from '../../probes/dns.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { askEverybody, clientsOf, nameOf, type Told, wrongAnswers } from './answers.js';
import { watchLeaving } from './leaving.js';
import { visitAll, wrongVisits } from './visits.js';
import { failed, type Measured, passed, skipped } from '../../check/outcome.js';
import { counted, enumerate, tallied } from '../../check/words.js';

/** A refusal comes at once; silence is believed after this. */
const nobodyMs = 600;
/**
 * An agent tells of its services up to 3 s after it has found the server (serverUpIntv in Consul's agent/ae/ae.go), the
 * server waits for its own election, and then a health check has to pass: on a busy machine all of that takes its time.
 */
const settleMs = 15_000;
const pauseMs = 100;

/** A service registered by name leads to the containers that serve it, each at its own address and port, as long as it does. */
export const serviceDiscovery: Check = {
  promise: 'service-discovery',
  forEveryContainer: true,
  lacks: aContainer,
  title:
    "A and SRV answers lead to the containers' own addresses and ports, a web request reaches them, and those that stop or fall silent are gone",
  // Adds and removes containers.
  sharing: 'alone',
  views: 'whole',
  async measure(context) {
    const { scenario } = context.plan;
    if (clientsOf(context.plan).length === 0)
      return skipped('there is no container that could ask', 'Give the scenario a container.');
    if (scenario.discovery.kind === 'none' || scenario.services.length === 0) return await nothingThere(context);
    const left = withoutAgent(context);
    if (left !== undefined) return left;
    return await measureAnswers(context);
  },
};

async function measureAnswers(context: CheckContext): Promise<CheckOutcome> {
  const { services } = context.plan.scenario;
  const told = await settledAnswers(context);
  const visits = await visitAll(context, told);
  const wrong = [...wrongAnswers(context, told), ...wrongVisits(visits)];
  const [first] = services;
  const leaving =
    wrong.length > 0 || first === undefined ? { evidence: [], observations: [] } : await watchLeaving(context, first);
  const evidence = [...wrong, ...leaving.evidence];
  const asked = enumerate(services.map(({ name }) => nameOf(name)));
  const gone = leaving.observations.map(({ value }) => `${value} ms`);
  const measured: Measured = {
    summary:
      evidence.length === 0
        ? `${asked} lead to the containers' own addresses and ports; ${counted(visits.length, 'request')} reached them; gone ${gone[0]} after a stop, ${gone[1]} after silence`
        : `${asked}: ${counted(evidence.length, 'fault')}`,
    coverage: `${counted(services.length, 'service')} asked for by A and SRV from a container of each host: ${enumerate(told.map(({ client }) => client.from.node))}`,
    observations: leaving.observations,
  };
  return evidence.length === 0 ? passed(measured) : failed(measured, evidence);
}

/**
 * Agents tell each other in time, and a new service counts only when its health check has passed once: what is wrong is
 * asked again for a while.
 */
async function settledAnswers(context: CheckContext): Promise<readonly Told[]> {
  const deadlineMs = performance.now() + settleMs;
  for (;;) {
    const told = await askEverybody(context, context.plan.scenario.services);
    if (wrongAnswers(context, told).length === 0 || performance.now() > deadlineMs) return told;
    await delay(pauseMs, undefined, { signal: context.signal });
  }
}

/** The program is not here: the plan wants agents, and the lab was built without. */
function withoutAgent({ plan, lab }: CheckContext): CheckOutcome | undefined {
  const hosts = plan.cluster.hosts.map(({ name }) => lab.node(name).state.services);
  if (hosts.every((services) => services.some(({ name }) => name === 'discovery-consul'))) return undefined;
  return skipped(
    'the program consul is not on this machine, so the lab was built without it',
    'Install Consul from its makers (it is not in Debian), then run it again.',
  );
}

/** No agent is planned: whether really nobody answers is looked at all the same. */
async function nothingThere({ plan, lab, signal }: CheckContext): Promise<CheckOutcome> {
  const questions = clientsOf(plan).map(async ({ from, resolver }) => {
    const question = { name: nameOf('web'), type: 'A' } as const;
    const found = await resolveName(lab.node(from.node), resolver, question, nobodyMs, signal);
    return { from, resolver, found };
  });
  const asked = await Promise.all(questions);
  const problems = asked.map(({ found }) => ('problem' in found ? found.problem : found.reply.code));
  const measured = {
    summary: `nobody answers for names of services (${tallied(problems)})`,
    coverage: `a container of each host asked its host: ${enumerate(asked.map(({ from }) => from.node))}`,
  };
  return failed(measured, [
    {
      message: 'no host answers the DNS questions of its containers for names of services',
      where: asked[0]?.from.host ?? '',
      expected: `an answer for ${nameOf('SERVICE')} from ${asked[0]?.resolver.address}`,
      seen: tallied(problems),
    },
  ]);
}
