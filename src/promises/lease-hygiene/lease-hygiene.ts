/**
 * # lease-hygiene
 *
 * Leases live as long as their containers, and no longer.
 *
 * ## What it asks
 *
 * Are leases renewed, given back, and watched, so that no address is lost or given twice?
 *
 * ## How it is measured
 *
 * Clients are told to renew, and the messages are read on the wire. A container is stopped: its lease must be released
 * and its client be gone. Another loses its client: somebody must notice within 10 s. An address request of netlab's
 * own shows how many servers answer.
 *
 * ## Its limit
 *
 * Up to 32 renewals at one time. Hours of real lease time are not waited for.
 *
 * ## What breaks it
 *
 * A client that outlives its container, no watchdog, a second DHCP server on the LAN, a firewall before the server.
 *
 * ## What to do
 *
 * The evidence shows the DHCP messages of the failing client.
 */
import { isUnspecified } from '../../address/ip.js';
import { aContainer } from '../../check/lacks.js';
import type { CheckOutcome, Evidence } from '../../result/result.js';
import { leaseClients, type RunningClient } from '../../probes/lease-record.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { containersOf, spread } from '../../probes/endpoint-choice.js';
import { holderName, observeHolders } from '../../probes/holders.js';
import type { ReceivedMessage } from '../../probes/dhcp-message.js';
import { type Endings, watchEndings } from './endings.js';
import { askingPlace, LeaseAsker } from '../../probes/lease-asker.js';
import { addressOf, type Renewal, renewAll } from './renewals.js';
import { failed, type Measured, passed, skipped } from '../../check/outcome.js';
import { counted, enumerate } from '../../check/words.js';

/** Renewals at one time: the server answers one after the other. */
const MOST_RENEWALS = 32;

/** Where nobody has a lease, a server is looked for only to tell of it. */
const UNPROMISED_ANSWER_MS = 100;

/** Leases live as long as their containers, and no longer. */
export const leaseHygiene: Check = {
  promise: 'lease-hygiene',
  lacks: aContainer,
  title:
    'leases are renewed when clients are told to, given back when a container stops, a dead client is noticed, one server answers, and no address is leased twice',
  // Without clients there is nothing to stop or to kill: one question is asked.
  sharing: ({ lab }) => (hasClients(lab) ? 'alone' : 'apart'),
  async measure(context) {
    const place = await askingPlace(context);
    if (containersOf(context.plan).length === 0 || place === undefined)
      return skipped('the cluster has no container', 'Give the scenario at least one container (cluster.containers).');
    const asker = await LeaseAsker.open(context.lab, place, context.signal);
    try {
      const clients = await clientsIn(context.lab);
      return clients.length === 0
        ? clientless(await asker.offers(UNPROMISED_ANSWER_MS))
        : await measureClients(context, clients, await asker.offers(), asker);
    } finally {
      asker.close();
    }
  },
};

const hasClients = ({ nodes }: CheckContext['lab']): boolean =>
  [...nodes.values()].some(({ state }) => state.services.some(({ lease }) => lease?.family === 'ipv4'));

async function clientsIn(lab: CheckContext['lab']): Promise<readonly RunningClient[]> {
  return (await leaseClients(lab)).filter(({ lease }) => lease.family === 'ipv4');
}

/** No client anywhere: whether a server would answer is told beside it. */
function clientless(offers: readonly ReceivedMessage[]): CheckOutcome {
  const servers = serversOf(offers);
  const answering = servers.length === 0 ? 'no DHCP server answers' : `${enumerate(servers)} would lease addresses`;
  const measured = {
    summary: `no container has a lease client; ${answering}`,
    observations: [
      { name: 'leaseClients', value: 0 },
      { name: 'serversAnswering', value: servers.length },
    ],
  };
  return failed(measured, [
    { message: 'no container has a lease client', expected: 'one for each container', seen: answering },
  ]);
}

async function measureClients(
  context: CheckContext,
  clients: readonly RunningClient[],
  offers: readonly ReceivedMessage[],
  asker: LeaseAsker,
): Promise<CheckOutcome> {
  const dead = clients.filter(({ service }) => !service.isRunning);
  const living = spread(
    clients.filter(({ service }) => service.isRunning),
    MOST_RENEWALS,
  );
  const doubles = await doubleEvidence(context, clients);
  const renewals = offers.length === 0 ? [] : await renewAll(context, living);
  const [first] = offers;
  const endings: Endings =
    first?.server === undefined
      ? { evidence: [], observations: [] }
      : await watchEndings(context, asker, { mac: first.fromMac, address: first.server });
  const evidence = [
    ...(await serverEvidence(context, offers)),
    ...doubles,
    ...(await Promise.all(dead.map((client) => deadEvidence(context, client)))),
    ...renewals.flatMap(renewalEvidence),
    ...endings.evidence,
  ];
  const measured = summaryOf({ clients, living, offers, renewals, endings });
  return evidence.length === 0 ? passed(measured) : failed(measured, evidence);
}

interface Found {
  readonly clients: readonly RunningClient[];
  readonly living: readonly RunningClient[];
  readonly offers: readonly ReceivedMessage[];
  readonly renewals: readonly Renewal[];
  readonly endings: Endings;
}

function summaryOf({ clients, living, offers, renewals, endings: { observations } }: Found): Measured {
  const renewed = renewals.filter((renewal) => renewalEvidence(renewal).length === 0).length;
  const isReleased = observations.some(({ name, value }) => name === 'releasedAtStop' && value === true);
  const noticed = observations.find(({ name }) => name === 'deadClientNoticedMs');
  return {
    summary: [
      `${renewed} of ${counted(clients.length, 'lease')} renewed`,
      ...(isReleased ? ['given back when its container stopped'] : []),
      ...(noticed === undefined ? [] : [`a dead client noticed after ${noticed.value} ms`]),
    ].join(', '),
    coverage: `${counted(living.length, 'client')} of ${clients.length} told to renew; two containers more, one stopped, one without its client`,
    observations: [
      { name: 'leaseClients', value: clients.length },
      { name: 'serversAnswering', value: serversOf(offers).length },
      { name: 'renewed', value: renewed },
      ...observations,
    ],
  };
}

function serversOf(offers: readonly ReceivedMessage[]): readonly string[] {
  return [...new Set(offers.flatMap(({ server }) => server ?? []))];
}

async function serverEvidence({ lab }: CheckContext, offers: readonly ReceivedMessage[]): Promise<readonly Evidence[]> {
  const servers = serversOf(offers);
  const expected = 'one DHCP server answers';
  if (servers.length === 0)
    return [{ message: 'no DHCP server answers: leases live on until they expire, and nobody gets one', expected }];
  if (servers.length === 1) return [];
  const holders = await observeHolders(lab);
  const places = servers.map((server) => {
    const owners = holders.ofAddress(server).map(holderName);
    return `${server} (${owners.length === 0 ? "nobody's" : enumerate(owners)})`;
  });
  return [
    {
      message: `${servers.length} DHCP servers answer, and none knows what the others lease: ${enumerate(places)}`,
      where: enumerate(places),
      expected,
      seen: enumerate(offers.map(({ server, givenAddress }) => `${server} offers ${givenAddress}`)),
    },
  ];
}

/** One address that several clients keep, or that others have too. */
async function doubleEvidence(context: CheckContext, clients: readonly RunningClient[]): Promise<readonly Evidence[]> {
  const holders = await observeHolders(context.lab);
  const found = await Promise.all(clients.map((client) => addressOf(context, client)));
  const addresses = new Set(found.filter((address) => address !== undefined));
  return [...addresses].flatMap((address) => {
    const owners = holders.ofAddress(address).map(holderName);
    if (isUnspecified(address) || owners.length < 2) return [];
    return [
      {
        message: `${address} is leased, and ${counted(owners.length, 'interface')} have it: ${enumerate(owners)}`,
        where: enumerate(owners),
        expected: 'one address for one container',
      },
    ];
  });
}

async function deadEvidence(context: CheckContext, client: RunningClient): Promise<Evidence> {
  const address = await addressOf(context, client);
  return {
    message: `the lease client of ${client.node} is dead, so nobody renews its lease`,
    where: client.service.node,
    expected: 'a client that runs, or no container',
    seen: address === undefined ? `${client.node} has no address any more` : `${client.node} still has ${address}`,
  };
}

function renewalEvidence({ client, address, asked, answer }: Renewal): readonly Evidence[] {
  const { node, service } = client;
  const place = { where: node, expected: "a request for the same address, and the server's acknowledgement" };
  if (address === undefined)
    return [{ ...place, message: `${node} has no lease: its client on ${service.node} asks in vain` }];
  if (!asked) return [{ ...place, message: `the client of ${node} was told to renew its lease, and did not ask` }];
  if (answer === undefined)
    return [{ ...place, message: `${node} asked for ${address} again, and no server answered` }];
  if (answer.type === 'ack' && answer.givenAddress === address) return [];
  const seen = answer.type === 'nak' ? 'a refusal (DHCPNAK)' : `${answer.givenAddress} instead`;
  return [{ ...place, message: `${node} asked for ${address} again and got ${seen}`, seen: `from ${answer.server}` }];
}
