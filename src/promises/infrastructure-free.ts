/**
 * # infrastructure-free
 *
 * The design needs no daemon, no listener and no kernel feature beyond a bridge.
 *
 * ## What it asks
 *
 * What has to be installed, watched and kept running on every host?
 *
 * ## How it is measured
 *
 * Processes, listening sockets and kinds of interfaces of all nodes are compared with what the strategy declares. An
 * application that listens in a container, or a server in `world`, is not the design's.
 *
 * ## Its limit
 *
 * Only what runs or is set up while the lab is up. Rules of nftables for egress are named and allowed.
 *
 * ## What breaks it
 *
 * Anything that runs: a routing daemon, Open vSwitch, a tunnel daemon, a DHCP client, an agent.
 *
 * ## What to do
 *
 * Nothing to mend: it is a fact to choose by. An undeclared daemon or listener is named with its node.
 */
import type { Lab } from '#lab/lab.js';
import type { NodeRole } from '#lab/state.js';
import type { Plan } from '../plan/plan.js';
import type { Evidence, Observation } from '../result/result.js';
import type { Check } from '../check/contract.js';
import { failed, type Measured, passed } from '../check/outcome.js';
import { counted, enumerate } from '../check/words.js';
import { observeAll } from '../probes/observed-link.js';

/** What a bridge on a cable needs. An empty kind is lo or a physical interface. */
const plainKinds: ReadonlySet<string> = new Set(['', 'veth', 'bridge']);
/** What stands for UDP sockets that daemons send from: nothing tells them from those that listen but their port. */
const anySender = 'udp/ephemeral';
/** Where the kernel takes ports from that nobody chose, first and last (ip-sysctl.rst). */
const ephemeralPorts = 'net.ipv4.ip_local_port_range';
/** The host's own firewall for what leaves the cluster: no container's address depends on it. */
const ownFirewall = 'nftables nat';

/** Nothing has to run, listen or be loaded for containers to have their addresses. */
export const infrastructureFree: Check = {
  promise: 'infrastructure-free',
  title: 'no daemon, no listener and no kernel feature beyond a bridge, compared with what was declared',
  sharing: 'shared',
  views: 'whole',
  async measure({ plan, lab }) {
    const declared = declaredIn(plan);
    const [daemons, listening, links] = await Promise.all([daemonsIn(lab), listenersIn(lab), linksIn(lab)]);
    const listeners = listening.map((one) => asSender(one, declared));
    const there = [...daemons, ...listeners, ...links].filter((one) => !isAside(plan, one));
    const applications = there.filter((one) => isApplication(plan, one, declared));
    const found = there.filter((one) => !applications.includes(one));
    const missing = declared.filter((need) => !found.some((one) => accounts(need, one)));
    const evidence = [...groupFound(found, declared), ...missing.map(missingEvidence)];
    const result = measured(plan, lab, found, applications);
    return evidence.length === 0 ? passed(result) : failed(result, evidence);
  },
};

/** What the scenario adds is no matter of the strategy. */
function isAside({ infrastructure: { aside } }: Plan, { kind, name }: Found): boolean {
  if (aside === undefined) return false;
  if (kind === 'daemon') return aside.daemons.some((part) => name.includes(part));
  return kind === 'listener' && aside.listeners.includes(name);
}

/** Nodes that a design gives a network to, or that are outside of it: what people run there is theirs. */
const usersRoles: ReadonlySet<NodeRole> = new Set<NodeRole>(['container', 'outsider', 'world']);

/** What runs or listens at a user's place and was neither planned there nor declared. */
function isApplication({ nodes }: Plan, one: Found, declared: readonly Need[]): boolean {
  const state = nodes.find(({ name }) => name === one.node);
  if (state === undefined || one.kind === 'kernel feature' || !usersRoles.has(state.role)) return false;
  const isPlanned = one.kind === 'daemon' && state.services.some(({ argv: [file] }) => one.name.includes(file));
  return !isPlanned && !declared.some((need) => accounts(need, one));
}

type Kind = 'daemon' | 'listener' | 'kernel feature';

/** Something that runs, listens or is loaded. */
interface Found {
  readonly kind: Kind;
  /** What a declaration calls it: part of a command, `udp/4789`, `vxlan`. */
  readonly name: string;
  readonly node: string;
  readonly where: string;
  readonly words: string;
  /** A UDP socket with a port that the kernel chose: it may only send. */
  readonly isSender?: boolean;
}

interface Need {
  readonly kind: Kind;
  readonly name: string;
}

async function daemonsIn(lab: Lab): Promise<readonly Found[]> {
  return (await lab.processes()).map(({ pid, command, node = 'the sandbox' }) => ({
    kind: 'daemon',
    name: command,
    node,
    where: node,
    words: `process ${pid} in ${node}: ${command}`,
  }));
}

async function listenersIn(lab: Lab): Promise<readonly Found[]> {
  const found = (await lab.listeners()).map(
    async ({ node, socket }): Promise<Found> => ({
      kind: 'listener',
      name: socket,
      node,
      where: node,
      words: `${node} listens on ${socket}`,
      isSender: await isSender(lab, node, socket),
    }),
  );
  return await Promise.all(found);
}

/** One that is not declared by its number is one of those that have any. */
function asSender(found: Found, declared: readonly Need[]): Found {
  const isMeant = found.isSender !== true || declared.some((need) => accounts(need, found));
  return isMeant ? found : { ...found, name: anySender };
}

async function isSender(lab: Lab, node: string, socket: string): Promise<boolean> {
  const [transport, port] = socket.split('/');
  const { [ephemeralPorts]: range = '' } = await lab.node(node).sysctls([ephemeralPorts]);
  const [first = Number.NaN, last = 0] = range.split(/\s+/u).map(Number);
  return transport === 'udp' && Number(port) >= first && Number(port) <= last;
}

/** Interfaces that are up: modules such as ipip and sit put one that is down into every namespace. */
async function linksIn(lab: Lab): Promise<readonly Found[]> {
  const nodes = await observeAll(lab.nodes.values());
  return nodes.flatMap(({ name: node, links }) =>
    links.flatMap(({ name, kind, up }) => {
      const planned = lab.node(node).state.links.some((link) => link.name === name);
      if (plainKinds.has(kind) || !(up || planned)) return [];
      return [
        {
          kind: 'kernel feature',
          name: kind,
          node,
          where: `${node}:${name}`,
          words: `${node}:${name} is of kind ${kind}`,
        } as const,
      ];
    }),
  );
}

function declaredIn({ infrastructure }: Plan): readonly Need[] {
  const needs = (kind: Kind, names: readonly string[]) => names.map((name): Need => ({ kind, name }));
  const features = infrastructure.kernelFeatures.filter((name) => name !== ownFirewall);
  return [
    ...needs('daemon', infrastructure.daemons),
    ...needs('listener', infrastructure.listeners),
    ...needs('kernel feature', features),
  ];
}

function accounts(need: Need, found: Found): boolean {
  if (need.kind !== found.kind) return false;
  return need.kind === 'daemon' ? found.name.includes(need.name) : found.name === need.name;
}

/** One entry per thing, however many nodes have it. */
function groupFound(found: readonly Found[], declared: readonly Need[]): readonly Evidence[] {
  const groups = new Map<string, Found[]>();
  for (const one of found)
    groups.set(`${one.kind} ${one.name}`, [...(groups.get(`${one.kind} ${one.name}`) ?? []), one]);
  return [...groups.values()].map((group) => {
    const [first] = group as [Found];
    const isDeclared = declared.some((need) => accounts(need, first));
    return {
      message: `${isDeclared ? 'the strategy needs' : 'nobody declared'} this ${first.kind}: ${first.words}`,
      where: first.where,
      expected: `no ${first.kind}${first.kind === 'kernel feature' ? ' beyond veth and bridge' : ''}`,
      seen: enumerate(group.map(({ where }) => where)),
    };
  });
}

function missingEvidence({ kind, name }: Need): Evidence {
  return { message: `the strategy declares the ${kind} ${name}, and it was not found`, expected: name, seen: 'none' };
}

function measured(plan: Plan, lab: Lab, found: readonly Found[], applications: readonly Found[]): Measured {
  const count = (kind: Kind) => found.filter((one) => one.kind === kind).length;
  const [daemons, listeners, features] = [count('daemon'), count('listener'), count('kernel feature')];
  const firewall = plan.infrastructure.kernelFeatures.includes(ownFirewall);
  const words = [
    daemons === 0 ? 'no daemon' : counted(daemons, 'process', 'processes'),
    listeners === 0 ? 'no listener' : counted(listeners, 'listener'),
    features === 0
      ? 'nothing beyond veth and bridge'
      : counted(features, 'interface of another kind', 'interfaces of another kind'),
  ];
  const observations: readonly Observation[] = [
    { name: 'processes', value: daemons },
    { name: 'listeners', value: listeners },
    { name: 'otherInterfaces', value: features },
    { name: 'nftablesNat', value: firewall },
    ...applications.map((one) => ({ name: 'application', value: one.words, subject: one.node })),
  ];
  return {
    summary: `${words.join(', ')}${firewall ? '; nftables nat on the hosts, for egress only' : ''}${applicationWords(applications)}`,
    coverage: counted(lab.nodes.size, 'node'),
    observations,
  };
}

/** Shown, for whoever wonders what it is, and no finding. */
function applicationWords(applications: readonly Found[]): string {
  return applications.length === 0
    ? ''
    : `; not of the design: applications on ${enumerate(applications.map(({ node }) => node))}`;
}
