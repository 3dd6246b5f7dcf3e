/** What Docker's bridge driver has the kernel do, in nftables: publish ports, masquerade, and let nothing else in. */
import type { Cluster, Host } from '../../cluster/cluster.js';
import type { Publication } from './publications.js';

/** The ruleset of a host. @param own what it publishes */
export function hostRuleset(cluster: Cluster, host: Host, own: readonly Publication[]): string {
  const { ipv4, ipv6 } = cluster.network;
  const tables = [
    natTable(
      'ip',
      ipv4,
      redirections('ip', host.lanIpv4, own, ({ container }) => container.ipv4),
    ),
  ];
  if (ipv6 !== undefined && host.lanIpv6 !== undefined)
    tables.push(
      natTable(
        'ip6',
        ipv6,
        redirections('ip6', host.lanIpv6, own, ({ container }) => container.ipv6),
      ),
    );
  return [...tables, filterTable].join('');
}

function redirections(
  family: 'ip' | 'ip6',
  hostAddress: string,
  own: readonly Publication[],
  addressOf: (one: Publication) => string | undefined,
): readonly string[] {
  return own.flatMap((one) => {
    const address = addressOf(one);
    if (address === undefined) return [];
    const target = family === 'ip' ? `${address}:${one.port}` : `[${address}]:${one.port}`;
    return `${family} daddr ${hostAddress} tcp dport ${one.hostPort} dnat to ${target}`;
  });
}

/** What comes from the LAN and what the host itself sends is redirected; what containers send each other that way needs a way back. */
function natTable(family: 'ip' | 'ip6', network: string, rules: readonly string[]): string {
  const redirected = rules.map((rule) => `    ${rule}\n`).join('');
  return `table ${family} netlab {
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
${redirected}  }
  chain output {
    type nat hook output priority -100; policy accept;
${redirected}  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ${family} saddr ${network} oifname != "docker0" masquerade
    ${family} saddr ${network} oifname "docker0" ct status dnat masquerade
  }
}
`;
}

/** Only answers and what was sent to a published port. Between containers of the host docker0 switches frames. */
const filterTable = `table inet netlab {
  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname "docker0" iifname "docker0" accept
    oifname "docker0" ct state established,related accept
    oifname "docker0" ct status dnat accept
    oifname "docker0" drop
  }
}
`;
