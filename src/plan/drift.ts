/** How a node differs from its plan: evidence beside a failed check, never a verdict of its own. Pure. */
import type { ObservedLink, ObservedNode } from '#lab/lab.js';
import type { ObservedRouting } from '#lab/routing.js';
import type { LinkState, NodeState } from '#lab/state.js';
import type { ObservedSwitch } from '#lab/switches.js';
import { followedMtuBytes } from './bridge-mtu.js';
import type { Drift } from './difference.js';
import { canonicalInterface, isLinkLocal } from './drift-address.js';
import { forwardingDrift } from './drift-forwarding.js';
import { type Compared, linkOptions } from './drift-link-options.js';
import { routeDrift } from './drift-routes.js';
import { ruleDrift } from './drift-rules.js';
import { rulesetDrift } from './drift-ruleset.js';
import { sessionDrift } from './drift-sessions.js';
import { switchDrift } from './drift-switch.js';

export type { Drift } from './difference.js';

/** What of a node cannot be seen in its links and routes; what is absent here is not compared. */
export interface DriftReaders {
  /** Values of {@link comparedSysctls}; those that the kernel has not got are left out. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** What `nft list ruleset` printed when the lab was built, and what it prints now. */
  readonly nftables?: { readonly loaded: string; readonly now: string };
  /** What the node's routing daemons said of themselves. */
  readonly routing?: readonly ObservedRouting[];
  /** The bridges that services forward for. */
  readonly switches?: readonly ObservedSwitch[];
}

/** Everything in which the node is not as planned; empty when it is. */
export function drift(planned: NodeState, observed: ObservedNode, readers: DriftReaders = {}): readonly Drift[] {
  // What it sees is its owner's, and told of that one.
  if (planned.sharesNetworkOf !== undefined) return [];
  return [
    ...linksDrift(planned, observed),
    ...(readers.routing === undefined ? [] : sessionDrift(planned, observed, readers.routing)),
    ...routeDrift(planned, observed),
    ...ruleDrift(planned, observed),
    ...forwardingDrift(planned, observed),
    ...neighbourDrift(planned, observed),
    ...sysctlDrift(planned, readers.sysctls),
    ...ipv6Drift(planned, readers.sysctls),
    ...(readers.switches === undefined ? [] : switchDrift(planned, readers.switches)),
    ...(readers.nftables === undefined ? [] : rulesetDrift(planned.name, readers.nftables)),
  ];
}

/** Devices that some kernels put into every new namespace (net.core.fb_tunnels_only_for_init_net), and lo. */
const kernelsOwn = /^(lo|tunl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|sit0|ip6tnl0|ip6gre0)$/u;

function linksDrift(planned: NodeState, observed: ObservedNode): readonly Drift[] {
  const found = new Map(observed.links.map((link) => [link.name, link]));
  const names = new Set(planned.links.map(({ name }) => name));
  const extra = observed.links.filter(({ name }) => !names.has(name) && !kernelsOwn.test(name));
  return [
    ...planned.links.flatMap((link) =>
      linkDrift(`${planned.name}:${link.name}`, link, found.get(link.name), observed.links),
    ),
    ...extra.map(({ name, kind }) => ({
      where: `${planned.name}:${name}`,
      what: 'link',
      planned: 'none',
      found: kind || 'device',
    })),
  ];
}

function linkDrift(
  where: string,
  planned: LinkState,
  found: ObservedLink | undefined,
  all: readonly ObservedLink[],
): readonly Drift[] {
  if (found === undefined) return [{ where, what: 'link', planned: planned.kind, found: 'none' }];
  const compared: readonly Compared[] = [
    // Which kind of interface a daemon makes is the daemon's choice.
    ['kind', planned.kind === 'daemon' ? undefined : planned.kind, found.kind],
    ['state', upOrDown(planned.up ?? true), upOrDown(found.up)],
    ['MTU', isFollowing(planned, found, all) ? undefined : planned.mtuBytes?.toString(), found.mtuBytes.toString()],
    ['MAC', planned.mac, found.mac],
    ['master', planned.master ?? 'none', found.master ?? 'none'],
    ...linkOptions(planned, found),
  ];
  const differing = compared.flatMap(([what, wanted, seen]) =>
    wanted === undefined || wanted === seen ? [] : [{ where, what, planned: wanted, found: seen }],
  );
  return [...differing, ...addressDrift(where, planned.addresses, found.addresses)];
}

/** What the kernel did to a bridge's MTU because of a port is told of the port. */
function isFollowing({ kind, name }: LinkState, { mtuBytes }: ObservedLink, all: readonly ObservedLink[]): boolean {
  const ports = all.filter(({ master }) => master === name);
  return kind === 'bridge' && mtuBytes === followedMtuBytes(ports.map((port) => port.mtuBytes));
}

function upOrDown(up: boolean): string {
  return up ? 'up' : 'down';
}

function addressDrift(where: string, planned: readonly string[], found: readonly string[]): readonly Drift[] {
  const wanted = planned.map(canonicalInterface);
  const seen = found.map(canonicalInterface);
  const missing = wanted.filter((address) => !seen.includes(address));
  const extra = seen.filter((address) => !wanted.includes(address) && !isLinkLocal(address));
  return [
    ...missing.map((address) => ({ where, what: 'address', planned: address, found: 'none' })),
    ...extra.map((address) => ({ where, what: 'address', planned: 'none', found: address })),
  ];
}

function neighbourDrift(planned: NodeState, observed: ObservedNode): readonly Drift[] {
  const permanent = observed.neighbours.filter((neighbour) => neighbour.permanent);
  const [wanted, seen] = [planned.neighbours.map(neighbourText), permanent.map(neighbourText)];
  const what = 'permanent neighbour';
  return [
    ...wanted
      .filter((one) => !seen.includes(one))
      .map((one) => ({ where: planned.name, what, planned: one, found: 'none' })),
    ...seen
      .filter((one) => !wanted.includes(one))
      .map((one) => ({ where: planned.name, what, planned: 'none', found: one })),
  ];
}

function neighbourText({ address, mac, link }: { address: string; mac?: string; link: string }): string {
  return `${address} at ${mac ?? 'no MAC'} dev ${link}`;
}

/** The sysctls of a node by which it may differ from its plan. */
export function comparedSysctls({ sysctls, links }: NodeState): readonly string[] {
  return [...Object.keys(sysctls), ...withIpv6(links).map(({ name }) => ipv6Switch(name))];
}

const withIpv6 = (links: readonly LinkState[]): readonly LinkState[] =>
  links.filter(({ addresses }) => addresses.some((address) => address.includes(':')));

/** In a sysctl's name a slash stands for a dot. */
const ipv6Switch = (link: string): string => `net.ipv6.conf.${link.replaceAll('.', '/')}.disable_ipv6`;

/** Why an interface has lost its IPv6 addresses; written for all interfaces at once, it is there for each. */
function ipv6Drift({ name, links }: NodeState, values: DriftReaders['sysctls'] = {}): readonly Drift[] {
  return withIpv6(links).flatMap(({ name: link }) => {
    const what = ipv6Switch(link);
    return values[what]?.trim() === '1' ? [{ where: `${name}:${link}`, what, planned: '0', found: '1' }] : [];
  });
}

function sysctlDrift(planned: NodeState, values: DriftReaders['sysctls']): readonly Drift[] {
  if (values === undefined) return [];
  return Object.entries(planned.sysctls).flatMap(([name, value]) => {
    const found = values[name]?.trim().replaceAll(/\s+/gu, ' ') ?? 'none';
    return found === value ? [] : [{ where: planned.name, what: name, planned: value, found }];
  });
}
