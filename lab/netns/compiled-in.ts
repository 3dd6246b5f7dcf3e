/**
 * What the kernel gives interfaces to begin with when nobody has changed anything. A new network namespace has its IPv4
 * values from the machine's first namespace instead, or both families' from there or from its maker's
 * (net.core.devconf_inherit_init_net), so Docker's `ip_forward` or a distribution's `rp_filter` would be part of every node.
 * Interfaces begin with what `default` has; `all` adds to each of them.
 */
import { closeSync, openSync, readSync } from 'node:fs';

type Family = 'ipv4' | 'ipv6';
type Scope = 'all' | 'default';

/** Values of both scopes (net/ipv4/devinet.c, net/ipv6/addrconf.c; Linux 6.18): those that are not 0, and the names of the rest. */
interface CompiledIn {
  readonly values: Readonly<Record<string, string>>;
  readonly zero: string;
  /** What one scope alone has. */
  readonly own: Readonly<Record<Scope, Readonly<Record<string, string>>>>;
}

/** Setting this one changes others, so it comes first. */
const FIRST = 'forwarding';

const IPV4: CompiledIn = {
  values: {
    accept_redirects: '1',
    arp_evict_nocarrier: '1',
    igmpv2_unsolicited_report_interval: '10000',
    igmpv3_unsolicited_report_interval: '1000',
    secure_redirects: '1',
    send_redirects: '1',
    shared_media: '1',
  },
  zero: `accept_local arp_accept arp_announce arp_filter arp_ignore arp_notify bc_forwarding bootp_relay disable_policy
    disable_xfrm drop_gratuitous_arp drop_unicast_in_l2_multicast force_igmp_version ignore_routes_with_linkdown log_martians
    medium_id promote_secondaries proxy_arp proxy_arp_pvlan route_localnet rp_filter src_valid_mark tag`,
  own: { all: { accept_source_route: '0' }, default: { accept_source_route: '1' } },
};

const IPV6: CompiledIn = {
  values: {
    accept_ra: '1',
    accept_ra_defrtr: '1',
    accept_ra_min_hop_limit: '1',
    accept_ra_mtu: '1',
    accept_ra_pinfo: '1',
    accept_ra_rtr_pref: '1',
    accept_redirects: '1',
    autoconf: '1',
    dad_transmits: '1',
    enhanced_dad: '1',
    hop_limit: '64',
    max_addresses: '16',
    max_desync_factor: '600',
    mldv1_unsolicited_report_interval: '10000',
    mldv2_unsolicited_report_interval: '1000',
    ndisc_evict_nocarrier: '1',
    ra_defrtr_metric: '1024',
    regen_max_retry: '3',
    router_probe_interval: '60',
    router_solicitation_delay: '1',
    router_solicitation_interval: '4',
    router_solicitation_max_interval: '3600',
    router_solicitations: '-1',
    suppress_frag_ndisc: '1',
    temp_prefered_lft: '86400',
    temp_valid_lft: '604800',
  },
  zero: `disable_ipv6 accept_ra_from_local accept_ra_min_lft accept_ra_rt_info_max_plen accept_ra_rt_info_min_plen
    accept_source_route accept_untracked_na addr_gen_mode disable_policy drop_unicast_in_l2_multicast drop_unsolicited_na
    force_mld_version force_tllao ignore_routes_with_linkdown keep_addr_on_down ndisc_notify ndisc_tclass optimistic_dad
    proxy_ndp use_oif_addrs_only use_optimistic use_tempaddr`,
  own: { all: { accept_dad: '0' }, default: { accept_dad: '1' } },
};

/** Path below /proc/sys/net, and its value. */
type Setting = readonly [path: string, value: string];

function settings(family: Family, { values, zero, own }: CompiledIn): readonly Setting[] {
  const zeros = Object.fromEntries(zero.split(/\s+/u).map((name) => [name, '0']));
  return (['all', 'default'] as const).flatMap((scope) =>
    Object.entries({ [FIRST]: '0', ...zeros, ...values, ...own[scope] }).map(
      ([name, value]) => [`/proc/sys/net/${family}/conf/${scope}/${name}`, value] as const,
    ),
  );
}

const COMPILED_IN: readonly Setting[] = [...settings('ipv4', IPV4), ...settings('ipv6', IPV6)];

/** The kernel gives the loopback interface its own, whatever `default` has (addrconf_add_dev, ipv6_add_dev). */
const LOOPBACKS_OWN = /\/(?:accept_dad|use_tempaddr)$/u;

/**
 * What the fresh namespace that the calling thread is in has otherwise than compiled in, each with the value to set. All
 * namespaces that are made at about the same time have the same, so one is looked at for many: the look takes 1 to 2 ms.
 * Names that this kernel does not know are left out.
 */
export function foreignSettings(): readonly Setting[] {
  const foreign = COMPILED_IN.filter(([path, value]) => (readIfThere(path) ?? value) !== value);
  // It is there before anybody could set `default`.
  const loopback = foreign.flatMap(([path, value]): readonly Setting[] =>
    path.includes('/default/') && !LOOPBACKS_OWN.test(path) ? [[path.replace('/default/', '/lo/'), value]] : [],
  );
  return [...foreign, ...loopback];
}

/** Longer than any of these values. */
const text = Buffer.alloc(32);

/** Hundreds of them are read while a lab comes up, and readFileSync takes three times as long. */
function readIfThere(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return text.toString('latin1', 0, readSync(fd, text, 0, text.length, 0)).trim();
  } finally {
    closeSync(fd);
  }
}
