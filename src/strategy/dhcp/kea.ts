/** ISC Kea as DHCP server of the LAN, for IPv4 and, where addresses are leased in IPv6, for that too. It serves no names. */
import { type ServiceState, serviceFolder } from '#lab/state.js';
import type { AddressRange } from '../../address/range.js';
import type { Offer, ServerPlace } from './dnsmasq.js';

/** One for each family. @param network IPv4 prefix of the LAN; an IPv6 network is 64 bits long */
export function kea({ node }: ServerPlace, network: string, offer: Offer): readonly ServiceState[] {
  const { ipv6 } = offer;
  const services = [keaService(node, 4, ipv4Configuration(node, network, offer))];
  if (ipv6 === undefined || ipv6.from === 'slaac') return services;
  return [...services, keaService(node, 6, ipv6Configuration(node, `${ipv6.prefix}/64`, ipv6.from.pool, offer))];
}

function ipv4Configuration(node: string, network: string, { pool, gateway, ...offer }: Offer) {
  const routers = { name: 'routers', data: gateway };
  return {
    ...common(node, 4, offer),
    'interfaces-config': { interfaces: ['eth0'], 'dhcp-socket-type': 'raw' },
    authoritative: true,
    subnet4: [{ id: 1, subnet: network, pools: [rangeOf(pool)], 'option-data': [routers] }],
  };
}

/** Its server identifier is made of its MAC: nothing has to be kept on a disk. */
function ipv6Configuration(node: string, subnet: string, pool: AddressRange, offer: Pick<Offer, 'leaseSeconds'>) {
  return {
    ...common(node, 6, offer),
    'interfaces-config': { interfaces: ['eth0'] },
    'preferred-lifetime': offer.leaseSeconds,
    'server-id': { type: 'LL', persist: false },
    'data-directory': folderOf(node, 6),
    subnet6: [{ id: 1, interface: 'eth0', subnet, pools: [rangeOf(pool)] }],
  };
}

/** T1 and T2 at a half and seven eighths of the lease (RFC 2131 section 4.4.5). */
function common(node: string, version: 4 | 6, { leaseSeconds }: Pick<Offer, 'leaseSeconds'>) {
  return {
    'lease-database': {
      type: 'memfile',
      persist: true,
      name: `${folderOf(node, version)}/leases.csv`,
      'lfc-interval': 0,
    },
    'valid-lifetime': leaseSeconds,
    'renew-timer': Math.floor(leaseSeconds / 2),
    'rebind-timer': Math.floor((leaseSeconds * 7) / 8),
    loggers: [{ name: `kea-dhcp${version}`, severity: 'INFO', output_options: [{ output: 'stdout' }] }],
  };
}

function rangeOf({ first, last }: AddressRange) {
  return { pool: `${first} - ${last}` };
}

function folderOf(node: string, version: 4 | 6): string {
  return serviceFolder(node, `kea-dhcp${version}`);
}

/** Newer versions keep their files in their own folders unless the environment names others. */
function keaService(node: string, version: 4 | 6, configuration: object): ServiceState {
  const name = `kea-dhcp${version}`;
  const folder = folderOf(node, version);
  const file = `${folder}/${name}.json`;
  return {
    name,
    argv: [name, '-c', file],
    environment: {
      KEA_PIDFILE_DIR: folder,
      KEA_LOCKFILE_DIR: folder,
      KEA_DHCP_DATA_DIR: folder,
      KEA_LOG_FILE_DIR: folder,
    },
    files: { [file]: `${JSON.stringify({ [`Dhcp${version}`]: configuration }, null, 2)}\n` },
    ready: { kind: 'log', pattern: `DHCP${version}_STARTED` },
    readyTimeoutMs: 30_000,
    stopGraceMs: 2_000,
  };
}
