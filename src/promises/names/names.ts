/**
 * # names
 *
 * A container's DNS name leads to its addresses, as long as the container is there.
 *
 * ## What it asks
 *
 * Can containers and machines of the LAN find a container by name, and is the name gone after it stopped?
 *
 * ## How it is measured
 *
 * A container of each host asks the resolver that it was given, and outsiders ask the LAN's, for A and AAAA of up to 32
 * containers. Then a container is added, its name must appear, and after it has stopped the name must be gone within 5
 * s.
 *
 * ## Its limit
 *
 * Up to 8 clients. The answers may take 2 s (A) or 20 s (AAAA, after router advertisements) to appear.
 *
 * ## What breaks it
 *
 * A DHCP server that does not register names, a resolver that cannot be reached, a lease that is not given back.
 *
 * ## What to do
 *
 * The evidence says who asked whom and what came back. `netlab exec LAB NODE -- getent hosts NAME` asks as an
 * application does.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { timeUntil } from '../../probes/patience.js';
import { aContainer } from '../../check/lacks.js';
import { AddressError } from '../../address/error.js';
import type { CheckOutcome, Evidence, Observation } from '../../result/result.js';
import type { Naming } from '../../strategy/contract.js';
import { resolveName } from '../../probes/dns.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { containersOf } from '../../probes/endpoint-choice.js';
import { orRefusal } from '../../reachability/guest-flows.js';
import { askAll, type Asked, askFor, type Client, clientsOf, nameOf } from './questions.js';
import { failed, type Measured, passed } from '../../check/outcome.js';
import { counted, enumerate, tallied } from '../../check/words.js';

/**
 * What is wrong is asked again for so long. A lease has its name at once; dnsmasq finds the IPv6 addresses that containers
 * make themselves by echo requests, after 1 to 4 s more each time (slaac.c).
 */
const SETTLE_MS = { A: 2_000, AAAA: 20_000 } as const;
/** A name is to be gone as soon as the lease is given back. */
const GONE_MS = 5_000;
const PAUSE_MS = 100;
/** A refusal comes at once; silence is believed after this. */
const NOBODY_MS = 600;

/** A container is known by name to containers and to the LAN, as long as it is there. */
export const names: Check = {
  promise: 'names',
  forEveryContainer: true,
  lacks: aContainer,
  title:
    "each container's DNS name leads to its addresses (A, AAAA), asked from containers and outsiders; it is gone after the container stopped",
  // Adds and removes a container.
  sharing: 'alone',
  async measure(context) {
    const { naming } = context.plan;
    return naming === undefined ? await nobodyAnswers(context) : await measureNames(context, naming);
  },
};

async function measureNames(context: CheckContext, naming: Naming): Promise<CheckOutcome> {
  const clients = await clientsOf(context, naming);
  const asked = await settled(context, naming, clients);
  const wrong = asked.filter(({ isRight }) => !isRight);
  const witness = clients.at(-1);
  const leaving =
    wrong.length > 0 || witness === undefined ? nothingLeft : await watchLeaving(context, naming, witness);
  const evidence = [...wrongEvidence(wrong), ...leaving.evidence];
  const right = asked.length - wrong.length;
  const gone = leaving.observations.map(({ value }) => `; gone ${value} ms after the container stopped`).join('');
  const left = leaving.unmeasured === undefined ? '' : `; not what becomes of a name: ${leaving.unmeasured}`;
  const measured: Measured = {
    summary: `${right} of ${counted(asked.length, 'question')} led to the container's own address${gone}`,
    coverage: `${counted(new Set(asked.map(({ name }) => name)).size, 'name')} in ${naming.domain}, asked by ${enumerate(clients.map(({ node }) => node))}${left}`,
    observations: [
      { name: 'questions', value: asked.length },
      { name: 'rightAnswers', value: right },
      ...leaving.observations,
    ],
  };
  return evidence.length === 0 ? passed(measured) : failed(measured, evidence);
}

async function settled(context: CheckContext, naming: Naming, clients: readonly Client[]): Promise<readonly Asked[]> {
  const startedMs = performance.now();
  for (;;) {
    const asked = await askAll(context, naming, clients);
    const waitedMs = performance.now() - startedMs;
    const wrong = asked.filter(({ isRight }) => !isRight);
    if (wrong.length === 0 || wrong.some(({ type }) => waitedMs > SETTLE_MS[type])) return asked;
    await delay(PAUSE_MS, undefined, { signal: context.signal });
  }
}

interface Leaving {
  readonly evidence: readonly Evidence[];
  readonly observations: readonly Observation[];
  /** Why no container could be added, so that none could leave. */
  readonly unmeasured?: string;
}

const nothingLeft: Leaving = { evidence: [], observations: [] };

/** One container more gets a name, which goes with it. */
async function watchLeaving(context: CheckContext, naming: Naming, witness: Client): Promise<Leaving> {
  const host = context.plan.cluster.hosts[0]?.name ?? '';
  const added = await orRefusal(context.guests.add([{ host, address: 'next' }]));
  if (added instanceof AddressError) return { evidence: [], observations: [], unmeasured: added.message };
  const [guest] = added;
  if (guest === undefined) return nothingLeft;
  const ask = async (): Promise<Asked> => await askFor(context, naming, witness, guest, 'A');
  try {
    const known = await timeUntil(
      async () => (await ask()).isRight,
      { pauseMs: PAUSE_MS, limitMs: GONE_MS },
      context.signal,
    );
    if (known === undefined) return { evidence: wrongEvidence([await ask()]), observations: [] };
  } finally {
    await context.guests.remove(added);
  }
  const goneMs = await timeUntil(
    async () => isGone(await ask()),
    { pauseMs: PAUSE_MS, limitMs: GONE_MS },
    context.signal,
  );
  if (goneMs !== undefined) return { evidence: [], observations: [{ name: 'goneAfterStopMs', value: goneMs }] };
  const name = nameOf(naming, guest.node);
  const evidence = {
    message: `${guest.node} has stopped, and after ${GONE_MS} ms ${name} is not gone`,
    where: naming.resolver,
    expected: 'no such name',
    seen: `${(await ask()).seen}, asked by ${witness.node}`,
  };
  return { evidence: [evidence], observations: [] };
}

/** Somebody answers, and not with the address. */
function isGone({ isAnswered, isRight }: Asked): boolean {
  return isAnswered && !isRight;
}

/** One for each name and kind of address, whoever asked. */
function wrongEvidence(wrong: readonly Asked[]): readonly Evidence[] {
  const groups = new Map<string, Asked[]>();
  for (const one of wrong) {
    const key = `${one.name} ${one.type} ${one.seen}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const [{ name, type, container, expected, seen }] = group as [Asked];
    const isOpen = expected === '0.0.0.0' || expected === '::';
    return {
      message: `${name} (${type}) does not lead to ${container.node}${isOpen ? ', which was given no address' : ''}`,
      where: container.node,
      expected: isOpen ? 'an address' : expected,
      seen: `${seen}; asked by ${enumerate(group.map(({ client }) => `${client.node} at ${client.resolver ?? 'nobody'}`))}`,
    };
  });
}

/** The plan knows of no names: whether nobody answers for them is looked at all the same. */
async function nobodyAnswers({ plan, lab, signal }: CheckContext): Promise<CheckOutcome> {
  const containers = containersOf(plan);
  const asking = plan.cluster.hosts.flatMap(({ name, ipv4 }) => {
    const from = containers.find(({ host }) => host === name);
    return from === undefined ? [] : [{ from, resolver: ipv4 }];
  });
  const answers = await Promise.all(
    asking.map(async ({ from, resolver }) => {
      const question = { name: from.node, type: 'A' } as const;
      const found = await resolveName(lab.node(from.node), { address: resolver }, question, NOBODY_MS, signal);
      return 'problem' in found
        ? found.problem
        : `${found.reply.code}, ${found.reply.addresses.join(', ') || 'no address'}`;
    }),
  );
  const measured = {
    summary: `containers have no names; nobody answers for them (${tallied(answers)})`,
    coverage: `a container of each host asked its host for its own name: ${enumerate(asking.map(({ from }) => from.node))}`,
  };
  return failed(measured, [
    {
      message: 'the strategy gives containers no names, and no host answers for them',
      expected: "an answer with the container's address",
      seen: tallied(answers),
    },
  ]);
}
