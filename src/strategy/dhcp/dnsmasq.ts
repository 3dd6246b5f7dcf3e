/** dnsmasq as DHCP and DNS server of the LAN, and as the one that sends router advertisements. */
import { type ServiceState, serviceFolder } from '#lab/state.js';
import type { AddressRange } from '../../address/range.js';

/** What the server hands out. */
export interface Offer {
  readonly pool: AddressRange;
  /** Dotted: 255.255.255.0. */
  readonly netmask: string;
  readonly gateway: string;
  readonly leaseSeconds: number;
  readonly domain: string;
  /** Absent where the cluster has no IPv6. */
  readonly ipv6?: Ipv6Offer;
}

export interface Ipv6Offer {
  /** First address of the network: `fd00:10:100:80::`. */
  readonly prefix: string;
  readonly from: 'slaac' | { readonly pool: AddressRange };
}

/** The address of the server itself, in both families. */
export interface ServerPlace {
  readonly node: string;
  readonly ipv4: string;
}

/** Without a duplicate address check of its own (no-ping): that takes seconds for each lease. */
export function dnsmasq({ node, ipv4 }: ServerPlace, offer: Offer): ServiceState {
  const folder = serviceFolder(node, 'dnsmasq');
  const { pool, netmask, gateway, leaseSeconds, domain, ipv6 } = offer;
  return daemon('dnsmasq', folder, { kind: 'tcp', address: ipv4, port: 53 }, [
    'no-hosts',
    'no-ping',
    'dhcp-authoritative',
    `dhcp-leasefile=${folder}/leases`,
    'dhcp-lease-max=100000',
    `dhcp-range=${pool.first},${pool.last},${netmask},${leaseSeconds}`,
    `dhcp-option=option:router,${gateway}`,
    `dhcp-option=option:dns-server,${ipv4}`,
    `domain=${domain}`,
    `local=/${domain}/`,
    'dhcp-fqdn',
    ...(ipv6 === undefined ? [] : ['enable-ra', ...ipv6Ranges(ipv6, leaseSeconds)]),
  ]);
}

/**
 * With SLAAC the server learns addresses for its names from the MACs of its IPv4 leases (ra-names). Its router lifetime of 0
 * says that it is no router (RFC 4861 section 4.2).
 */
function ipv6Ranges({ prefix, from }: Ipv6Offer, leaseSeconds: number): readonly string[] {
  const range =
    from === 'slaac'
      ? `dhcp-range=${prefix},ra-names,64`
      : `dhcp-range=${from.pool.first},${from.pool.last},64,${leaseSeconds}`;
  return [range, 'ra-param=eth0,mtu:off,600,0'];
}

/**
 * The router's own advertisements: containers have their default route from them. It leases nothing; where a DHCPv6 server
 * does, it says so (the M flag), and answers nobody who asks it. No MTU in them: that of the interface holds.
 */
export function routerAdvertisements(node: string, link: string, { prefix, from }: Ipv6Offer): ServiceState {
  const folder = serviceFolder(node, 'router-advertisements');
  const ranges =
    from === 'slaac'
      ? [`dhcp-range=${prefix},ra-only,64`]
      : [`dhcp-range=${prefix},static,64`, 'dhcp-ignore=tag:!known'];
  const ready = { kind: 'log', pattern: 'router advertisement' } as const;
  return daemon(
    'router-advertisements',
    folder,
    ready,
    ['port=0', 'enable-ra', `dhcp-leasefile=${folder}/leases`, ...ranges, `ra-param=${link},mtu:off,600,1800`],
    link,
  );
}

/** In a sandbox without root there is one user only, and groups cannot be changed: only --no-daemon leaves both as they are. */
function daemon(
  name: string,
  folder: string,
  ready: ServiceState['ready'],
  lines: readonly string[],
  link = 'eth0',
): ServiceState {
  const configuration = `${folder}/dnsmasq.conf`;
  const common = ['user=root', 'pid-file=', `interface=${link}`, 'bind-interfaces', 'no-resolv', 'quiet-ra'];
  return {
    name,
    argv: ['dnsmasq', '--no-daemon', '--log-facility=-', `--conf-file=${configuration}`],
    files: { [configuration]: `${[...common, ...lines].join('\n')}\n` },
    ready,
    readyTimeoutMs: 30_000,
    stopGraceMs: 2_000,
  };
}
