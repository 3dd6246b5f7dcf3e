/** Positive controls: the same probe for an address that is there must be answered, or silence proves nothing. Pure. */
import type { Family } from '#lab/sockets.js';
import { contains, type Prefix } from '../../address/prefix.js';
import type { Endpoint } from '../../plan/plan.js';
import { siteOf } from '../../blame/scopes.js';
import { enumerate } from '../../check/words.js';

/** Controls per endpoint beside those near by. */
const farControls = 2;

/** Who else is on the wire of an endpoint's interface. */
export interface Surroundings {
  /** What the interface reaches without a router. */
  readonly prefixes: readonly Prefix[];
  /** The nodes that have its gateways' addresses. */
  readonly gateways: ReadonlyArray<{ readonly node: string; readonly address: string }>;
}

/** A probe for an address that is there, sent from another node. */
export interface ControlProbe {
  readonly from: Endpoint;
  readonly to: { readonly node: string; readonly address: string };
  readonly family: Family;
  /** Whoever has the address is on another host, or on none. */
  readonly isFar: boolean;
}

export interface Control extends ControlProbe {
  readonly answered: boolean;
}

/** A link on which no control of a family was answered. */
export interface DeafLink {
  readonly node: string;
  readonly link: string;
  readonly why: string;
}

/**
 * In each family the next container and the host of the same place, and one each of the next other places, as far as they
 * are on the same wire; for hosts, and where nobody of another place is, the gateway: a macvlan's host and its containers never
 * hear each other. None where the wire ends at a node that answers for no address of its own.
 */
export function controlsOf(from: Endpoint, all: readonly Endpoint[], around: Surroundings): readonly ControlProbe[] {
  const start = all.indexOf(from) + 1;
  const others = [...all.slice(start), ...all.slice(0, start)].filter((other) => other.ipv4 !== from.ipv4);
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    if (from[family] === undefined) return [];
    const present = others.flatMap((other) => {
      const address = other[family];
      const isHere = address !== undefined && around.prefixes.some((prefix) => contains(prefix, address));
      return isHere ? [{ from, to: { node: other.node, address }, family, isFar: siteOf(other) !== siteOf(from) }] : [];
    });
    const asksGateway = from.role === 'host' || present.every(({ isFar }) => !isFar);
    const known = new Set(present.map(({ to }) => to.address));
    const gateways = asksGateway ? gatewayControls(from, family, around) : [];
    return [...chosen(present, others), ...gateways.filter(({ to }) => !known.has(to.address))];
  });
}

function chosen(present: readonly ControlProbe[], others: readonly Endpoint[]): readonly ControlProbe[] {
  const siteOfNode = new Map(others.map((other) => [other.node, siteOf(other)]));
  const places = new Map<string | undefined, ControlProbe>();
  for (const probe of present.filter(({ isFar }) => isFar)) {
    const place = siteOfNode.get(probe.to.node);
    if (!places.has(place)) places.set(place, probe);
  }
  const roles = new Map(others.map(({ node, role }) => [node, role]));
  const near = new Map<string | undefined, ControlProbe>();
  for (const probe of present.filter(({ isFar }) => !isFar)) {
    const role = roles.get(probe.to.node);
    if (!near.has(role)) near.set(role, probe);
  }
  return [...near.values(), ...[...places.values()].slice(0, farControls)];
}

function gatewayControls(
  from: Endpoint,
  family: Family,
  { prefixes, gateways }: Surroundings,
): readonly ControlProbe[] {
  return gateways
    .filter(({ address }) => address.includes(':') === (family === 'ipv6'))
    .filter(({ address }) => prefixes.some((prefix) => contains(prefix, address)))
    .map((to) => ({ from, to, family, isFar: to.node !== siteOf(from) }));
}

/** Names what the sender hears when the control is answered. */
export function answerKey({ from, to }: ControlProbe): string {
  return `${from.node} ${to.address}`;
}

/** @param waitedMs how long answers had time */
export function deafLinks(
  batch: readonly Endpoint[],
  controls: readonly Control[],
  problems: ReadonlyMap<string, string>,
  waitedMs: number,
): readonly DeafLink[] {
  return batch.flatMap(({ node, link }) => {
    const own = controls.filter(({ from }) => from.node === node);
    const isDeaf = (family: Family) => {
      const asked = own.filter((control) => control.family === family);
      return asked.length > 0 && asked.every(({ answered }) => !answered);
    };
    const unanswered = own.filter(({ family }) => isDeaf(family)).map(({ to }) => `${to.address} (${to.node})`);
    const problem = problems.get(node);
    if (problem === undefined && unanswered.length === 0) return [];
    return [{ node, link, why: problem ?? `no answer within ${waitedMs} ms from ${enumerate(unanswered)}` }];
  });
}
