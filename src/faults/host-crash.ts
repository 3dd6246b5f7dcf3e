import { LabError, Refusal } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { parts } from '#lab/parts.js';
import type { LinkEnd, NodeState, ServiceState } from '#lab/state.js';
import { observedLink } from '../probes/observed-link.js';
import { patiently } from '../probes/patience.js';
import { enumerate } from '../check/words.js';
import type { Plan } from '../plan/plan.js';
import type { HostCrash } from '../scenario/fault.js';
import type { Fault, FaultContext } from './contract.js';
import { mendFirst } from './mend-first.js';
import { endName, namesOf } from './places.js';

const CARRIER_MS = 1_500;

/**
 * The power of a host fails: what others see of it goes dark at once, whatever takes its time to die. It boots again from
 * its state, as its containers do.
 */
export const hostCrash: Fault<HostCrash> = {
  name: 'host-crash',
  title: 'the power of a host fails, and its containers are gone with it',
  needs: [],
  problem({ host }, { nodes }) {
    const hosts = nodes.filter(({ role }) => role === 'host');
    if (hosts.some(({ name }) => name === host)) return undefined;
    return { message: `there is no host ${JSON.stringify(host)}`, remedy: `Hosts: ${namesOf(hosts)}` };
  },
  subject: ({ host }) => `the power of ${host}`,
  async apply({ host }, context) {
    const { lab, plan, signal } = context;
    if (!lab.nodes.has(host)) throw new Refusal(`${host} has crashed already`, { remedy: mendFirst });
    const names = [...lab.nodes].flatMap(([name, { state }]) => (name === host || state.host === host ? [name] : []));
    const states = bootStates(plan, new Set(names), lab);
    const ends = survivingEnds(plan, new Set(names));
    await lab.crash(names);
    const mend = async (): Promise<string> => await boot(context, host, names, states);
    let lit: readonly string[] = [];
    const isDark = async (): Promise<boolean> => {
      const links = await Promise.all(ends.map((end) => observedLink(lab, end)));
      lit = ends.filter((_, index) => links[index]?.running === true).map(endName);
      return lit.length === 0;
    };
    if (!(await patiently(isDark, CARRIER_MS, signal))) {
      await mend();
      throw new LabError(`${host} was gone, and ${enumerate(lit)} still had a carrier`);
    }
    const dark = ends.length === 0 ? '' : `: ${enumerate(ends.map(endName))} went dark`;
    return { seen: `${enumerate(names)} ${names.length === 1 ? 'is' : 'are'} gone${dark}`, mend };
  },
};

/** The other ends of its cables. */
function survivingEnds({ nodes }: Plan, gone: ReadonlySet<string>): readonly LinkEnd[] {
  return nodes.flatMap(({ name, links }) =>
    gone.has(name)
      ? []
      : links.flatMap((link) =>
          link.kind === 'veth' && gone.has(link.peer.node) ? [{ node: name, link: link.name }] : [],
        ),
  );
}

/** What has to be applied for the nodes to come back: themselves, and the ends of their cables that went with them. */
function bootStates({ nodes }: Plan, gone: ReadonlySet<string>, lab: Lab): readonly NodeState[] {
  return nodes.flatMap((node): readonly NodeState[] => {
    if (gone.has(node.name)) return [withoutUnstarted(node, lab)];
    const cut = node.links.filter((link) => link.kind === 'veth' && gone.has(link.peer.node));
    if (cut.length === 0 || !lab.nodes.has(node.name)) return [];
    const links = new Set(cut.map(({ name }) => name));
    const services = node.services.filter((service) => configures(service, links));
    return [{ ...parts(node, links).own, services }];
  });
}

/** Services whose program this machine has not got were left out when the lab was built. */
function withoutUnstarted(node: NodeState, lab: Lab): NodeState {
  const started = new Set(lab.node(node.name).state.services.map(({ name }) => name));
  return { ...node, services: node.services.filter(({ name }) => started.has(name)) };
}

/** A command that sets something of one of the links. */
function configures({ argv, ready }: ServiceState, links: ReadonlySet<string>): boolean {
  return ready.kind === 'done' && argv.some((word) => links.has(word));
}

async function boot(
  { lab, signal }: FaultContext,
  host: string,
  names: readonly string[],
  states: readonly NodeState[],
): Promise<string> {
  if (lab.nodes.has(host)) return `${host} is there`;
  await lab.apply(states);
  const isRunning = async (): Promise<boolean> =>
    (await Promise.all(names.map((name) => hasItsLinks(lab, states, name)))).every(Boolean);
  if (await patiently(isRunning, CARRIER_MS, signal))
    return `${enumerate(names)} ${names.length === 1 ? 'is' : 'are'} back`;
  throw new LabError(`${host} has booted, and not all of its interfaces came up`);
}

/** Every cable of it has a carrier, unless it is meant to be down. */
async function hasItsLinks(lab: Lab, states: readonly NodeState[], name: string): Promise<boolean> {
  const wanted = states.find((state) => state.name === name)?.links ?? [];
  const found = (await lab.nodes.get(name)?.observe())?.links ?? [];
  return wanted.every((link) => {
    const now = found.find((one) => one.name === link.name);
    return now !== undefined && (link.kind !== 'veth' || link.up === false || now.running);
  });
}
