import type { NextHop, NodeState, RouteState, RuleState } from '#lab/state.js';
import { commandLine, namespaceOf } from './shell-words.js';

/** Commands for routes, policy rules, neighbours and forwarding entries. */
export function routingCommands(node: NodeState): readonly string[] {
  const namespace = namespaceOf(node.name);
  const ip = (...words: Words) => commandLine('ip', '-n', namespace, ...words);
  return [
    ...node.neighbours.map(({ address, mac, link }) =>
      ip('neighbour', 'add', address, 'lladdr', mac, 'dev', link, 'nud', 'permanent'),
    ),
    ...node.routes.map((route) => ip(...routeWords(route))),
    ...node.rules.map((rule) => ip(...ruleWords(rule))),
    ...node.fdb.map(({ link, mac, destination }) =>
      commandLine(
        'bridge',
        '-n',
        namespace,
        'fdb',
        'append',
        mac,
        'dev',
        link,
        ...(destination === undefined ? ['master', 'static'] : ['dst', destination]),
      ),
    ),
  ];
}

type Words = ReadonlyArray<string | number | undefined>;

function routeWords({ destination, nextHops, source, metric, mtuBytes, table, kind, ...hop }: RouteState): Words {
  // `default` alone means IPv4 to ip(8).
  const vias = [hop.via, ...(nextHops ?? []).map(({ via }) => via)];
  const family = [destination, source, ...vias].some((address) => address?.includes(':')) ? ['-6'] : [];
  return [
    ...family,
    'route',
    'add',
    ...(kind === undefined || kind === 'unicast' ? [] : [kind]),
    destination,
    ...hopWords(hop),
    ...pair('src', source),
    ...pair('metric', metric),
    ...pair('mtu', mtuBytes),
    ...pair('table', table),
    ...(nextHops ?? []).flatMap((one) => ['nexthop', ...hopWords(one)]),
  ];
}

function hopWords({ via, link, onLink }: Partial<NextHop>): Words {
  return [...pair('via', via), ...pair('dev', link), ...(onLink === true ? ['onlink'] : [])];
}

function ruleWords({ family, from, to, table, priority }: RuleState): Words {
  return [
    family === 'ipv6' ? '-6' : '-4',
    'rule',
    'add',
    ...pair('from', from ?? 'all'),
    ...pair('to', to),
    'table',
    table,
    'priority',
    priority,
  ];
}

function pair(name: string, value: string | number | undefined): Words {
  return value === undefined ? [] : [name, value];
}
