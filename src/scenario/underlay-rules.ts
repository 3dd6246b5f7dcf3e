/** Rules about the network between the hosts. */
import { unknownNames } from './nearest.js';
import type { Finding, Path } from './problem.js';
import type { Rule } from './rule.js';

const extraLinkEnds: Rule = {
  id: 'extra-link-ends',
  check({ cluster }) {
    const hosts = cluster.hosts.map(({ name }) => name);
    const unknown = unknownNames('host', hosts);
    return cluster.underlay.extraLinks.flatMap((ends, i) => {
      const path: Path = ['cluster', 'underlay', 'extraLinks', i];
      const [a, b] = ends;
      if (a === b) return [{ path, message: `a cable from ${a} to itself` }];
      return ends.flatMap((end, j) => (hosts.includes(end) ? [] : [unknown([...path, j], end)]));
    });
  },
};

const duplicateLink: Rule = {
  id: 'duplicate-link',
  check({ cluster }) {
    const seen = new Set<string>();
    return cluster.underlay.extraLinks.flatMap((ends, i) => {
      const key = ends.toSorted().join(' ');
      if (!seen.has(key)) {
        seen.add(key);
        return [];
      }
      const path = ['cluster', 'underlay', 'extraLinks', i];
      return [
        {
          path,
          message: `a second cable between ${ends.join(' and ')}`,
          allowed: 'one extra cable for a pair of hosts',
        },
      ];
    });
  },
};

const natHosts: Rule = {
  id: 'nat-hosts',
  check({ cluster: { hosts, underlay } }) {
    const names = hosts.map(({ name }) => name);
    const unknown = unknownNames('host', names);
    const path: Path = ['cluster', 'underlay', 'nat'];
    if (underlay.nat.length > 0 && underlay.kind !== 'routed')
      return [
        { path, message: 'without routers between the hosts nobody translates addresses', allowed: 'kind: routed' },
      ];
    return underlay.nat.flatMap((host, i) => (names.includes(host) ? [] : [unknown([...path, i], host)]));
  },
};

const routedCables: Rule = {
  id: 'routed-cables',
  check({ cluster: { underlay } }): Finding[] {
    if (underlay.kind !== 'routed' || underlay.extraLinks.length === 0) return [];
    const message = 'cables between hosts go round the routers of a routed underlay';
    return [{ path: ['cluster', 'underlay', 'extraLinks'], message, allowed: 'none, or kind: switch' }];
  },
};

const ipv6Underlay: Rule = {
  id: 'ipv6-underlay',
  check({ cluster: { ipv6, underlay } }): Finding[] {
    if (ipv6 || underlay.family !== 'ipv6') return [];
    const path: Path = ['cluster', 'underlay', 'family'];
    return [
      { path, message: 'hosts cannot know each other by IPv6 in a cluster without it', hint: 'set cluster.ipv6: true' },
    ];
  },
};

export const underlayRules: readonly Rule[] = [extraLinkEnds, duplicateLink, natHosts, routedCables, ipv6Underlay];
