/** Which node has which address and which MAC, by what the kernel says now. */
import type { Lab, ObservedLink } from '#lab/lab.js';
import { observeAll } from './observed-link.js';

/** An interface that has something. */
export interface Holder {
  readonly node: string;
  readonly link: string;
}

export interface Holders {
  /** Interfaces that have this address, without prefix length. */
  ofAddress(address: string): readonly Holder[];
  ofMac(mac: string): readonly Holder[];
  /** Interfaces that have this link-local IPv6 address, by which routers advertise themselves. */
  ofLinkLocal(address: string): readonly Holder[];
  /** Every address with its holders; loopback and link-local ones are left out. */
  readonly addresses: ReadonlyMap<string, readonly Holder[]>;
  readonly macs: ReadonlyMap<string, readonly Holder[]>;
}

/** Looks at every node once. */
export async function observeHolders(lab: Lab): Promise<Holders> {
  const addresses = new Map<string, Holder[]>();
  const macs = new Map<string, Holder[]>();
  const linkLocal = new Map<string, Holder[]>();
  for (const { name, links } of await observeAll(lab.nodes.values())) {
    for (const link of links) {
      const holder = { node: name, link: link.name };
      if (isWired(link)) add(macs, link.mac, holder);
      for (const address of clusterAddresses(link)) add(addresses, address, holder);
      for (const address of link.addresses.map(withoutLength))
        if (isLinkLocal(address)) add(linkLocal, address, holder);
    }
  }
  const of = (map: ReadonlyMap<string, readonly Holder[]>) => (key: string) => map.get(key) ?? [];
  return { ofAddress: of(addresses), ofMac: of(macs), ofLinkLocal: of(linkLocal), addresses, macs };
}

/** The addresses of a link that others could reach, without prefix length. */
export function clusterAddresses({ addresses }: ObservedLink): readonly string[] {
  return addresses.map(withoutLength).filter((address) => !isLocal(address));
}

/** `10.1.1.2` of `10.1.1.2/16` */
export function withoutLength(address: string): string {
  return address.split('/', 1)[0] ?? address;
}

/** `h1:br0 and h2c1:eth0` is written with these. */
export function holderName({ node, link }: Holder): string {
  return `${node}:${link}`;
}

/** Loopback (RFC 1122, RFC 4291) and IPv6 link-local addresses mean something else on every node. */
function isLocal(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || isLinkLocal(address);
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/iu.test(address);
}

/** lo and layer-3 tunnels have no MAC worth the name. */
function isWired({ name, mac }: ObservedLink): boolean {
  return name !== 'lo' && mac !== '' && mac !== '00:00:00:00:00:00';
}

function add(map: Map<string, Holder[]>, key: string, holder: Holder): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [holder]);
  else known.push(holder);
}
