/** Routes, policy rules and forwarding entries in words, in one spelling for what is planned and what is found. */
import type { ObservedNextHop, ObservedRoute, ObservedRule } from '#lab/lab.js';
import type { FdbState, RouteState, RuleState } from '#lab/state.js';
import { canonicalAddress, networkOf } from './drift-address.js';

/** One way, or several. */
export type Hops = ObservedNextHop & { readonly nextHops?: readonly ObservedNextHop[] };

/** The ways of a route, one or several. */
export function hopsOf({ nextHops, via, link, onLink }: Hops): readonly ObservedNextHop[] {
  if (nextHops !== undefined) return nextHops;
  return [
    {
      ...(via === undefined ? {} : { via }),
      ...(link === undefined ? {} : { link }),
      ...(onLink === undefined ? {} : { onLink }),
    },
  ];
}

/** In the words of ip-route(8): `10.9.0.0/16 via 10.1.0.2 dev eth1 mtu 1400`. */
export function routeText(route: RouteState | ObservedRoute): string {
  const { destination, nextHops, source, metric, mtuBytes, table, kind = '' } = route;
  const prefix = kind === '' || kind === 'unicast' ? '' : `${kind} `;
  const hops = hopsOf(route).map(hopText);
  const ways = nextHops === undefined ? hops.join('') : hops.map((hop) => ` nexthop${hop}`).join('');
  const options = [option('src', source), option('metric', metric), option('mtu', mtuBytes), option('table', table)];
  return prefix + destination + ways + options.join('');
}

function hopText({ via, link, onLink }: ObservedNextHop): string {
  return option('via', via) + option('dev', link) + (onLink === true ? ' onlink' : '');
}

function option(name: string, value: string | number | undefined): string {
  return value === undefined ? '' : ` ${name} ${value}`;
}

/** In the words of ip-rule(8): `ipv4 100: from 10.1.0.0/16 lookup 100`. */
export function ruleText(rule: RuleState | ObservedRule): string {
  const { family, priority, from, to, table } = rule;
  const { action, conditions } = 'action' in rule ? rule : { action: 'lookup', conditions: [] };
  const words = [
    `${family} ${priority}:`,
    `from ${from === undefined ? 'all' : networkOf(from)}`,
    ...(to === undefined ? [] : [`to ${networkOf(to)}`]),
    ...conditions,
    action,
    ...(action === 'lookup' ? [String(table)] : []),
  ];
  return words.join(' ');
}

/** In the words of bridge(8): `00:00:00:00:00:00 dev vx0 dst 192.0.2.2`. */
export function entryText({ link, mac, destination }: FdbState): string {
  const where = `${mac.toLowerCase()} dev ${link}`;
  return destination === undefined ? where : `${where} dst ${canonicalAddress(destination)}`;
}
