/** The forwarding tables of one overlay in the network that this process is in: what is behind the bridge, and what its VXLAN device is told. */
import { AF_NETLINK } from '../kernel/netlink/constants.js';
import { LabError } from '../errors.js';
import { systemCall, trySystemCall } from '../kernel/libc.js';
import { NetworkNamespace } from '../kernel/namespace.js';
import { anyMac, type DumpedFdbEntry, decodeFdbEntry, externalEntry } from '../kernel/netlink/forwarding.js';
import { NetlinkSocket } from '../kernel/netlink/socket.js';
import { type KernelLink, readLinks } from '../netns/observe.js';
import { dumpForwarding } from '../netns/observe-routing.js';
import { openSocket, SOCK_RAW } from '../sockets/descriptor.js';
import { eventPump } from '../sockets/event-pump.js';

/** `struct sockaddr_nl`; changes of neighbours, to which forwarding entries count (RTMGRP_NEIGH, linux/rtnetlink.h). */
const NEIGHBOUR_CHANGES = Buffer.from([AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0]);
const NETLINK_ROUTE = 0;

/** A MAC address, or {@link anyMac}, and the VTEP behind which it is. */
export interface RemoteEntry {
  readonly mac: string;
  readonly destination: string;
}

const keyOf = ({ mac, destination }: RemoteEntry): string => `${mac} ${destination}`;

export class BridgeForwarding {
  readonly #device: string;
  readonly #netlink: NetlinkSocket;
  readonly #changes: number;

  /** @param device the VXLAN device, a port of the overlay's bridge */
  constructor(device: string, onChange: () => void) {
    this.#device = device;
    const here = NetworkNamespace.current();
    this.#netlink = NetlinkSocket.open(here, device);
    this.#changes = openSocket(here, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    systemCall('bind', this.#changes, NEIGHBOUR_CHANGES, NEIGHBOUR_CHANGES.length);
    const buffer = Buffer.alloc(64 * 1024);
    eventPump().add(this.#changes, () => {
      // What changed is looked up; that something did is all that matters here, also when some of it was lost (ENOBUFS).
      while (trySystemCall('recv', this.#changes, buffer, buffer.length, 0) > 0);
      onChange();
    });
  }

  /** MAC addresses that the bridge has learned on its other ports, and its own. */
  localMacs(): ReadonlySet<string> {
    const { bridge, ports } = this.#look();
    const learned = this.#entries()
      .filter(({ index, origin, isAddressFilter }) => ports.has(index) && origin !== 'local' && !isAddressFilter)
      .map(({ mac }) => mac);
    return new Set([bridge.mac, ...learned]);
  }

  /** Makes the device have exactly these entries of a control plane; those that people set are left alone. */
  setRemote(wanted: readonly RemoteEntry[]): void {
    const { device } = this.#look();
    const isOurs = ({ index, origin, destination }: DumpedFdbEntry): boolean =>
      index === device.index && origin === 'external' && destination !== undefined;
    const present = this.#entries().flatMap((entry) =>
      isOurs(entry) ? [{ mac: entry.mac, destination: entry.destination ?? '' }] : [],
    );
    const [wantedKeys, presentKeys] = [new Set(wanted.map(keyOf)), new Set(present.map(keyOf))];
    const added = wanted.filter((entry) => !presentKeys.has(keyOf(entry)));
    // One that moved is replaced by its new place; to delete the old one would take the new one away.
    const moved = new Set(added.map(({ mac }) => mac).filter((mac) => mac !== anyMac));
    const gone = present.filter((entry) => !wantedKeys.has(keyOf(entry)) && !moved.has(entry.mac));
    this.#netlink.execute([
      ...added.map((entry) => externalEntry(device, entry, 'add')),
      ...gone.map((entry) => externalEntry(device, entry, 'delete')),
    ]);
  }

  close(): void {
    eventPump().remove(this.#changes);
    this.#netlink.close();
  }

  #entries(): readonly DumpedFdbEntry[] {
    return dumpForwarding(this.#netlink).map(decodeFdbEntry);
  }

  /** Afresh each time: containers come and go. */
  #look(): { readonly device: KernelLink; readonly bridge: KernelLink; readonly ports: ReadonlySet<number> } {
    const links = readLinks(this.#netlink);
    const device = links.find(({ name }) => name === this.#device);
    const bridge = links.find(({ index }) => index === device?.masterIndex);
    if (device === undefined || bridge === undefined) throw new LabError(`${this.#device} is no port of a bridge`);
    const others = links.filter(({ index, masterIndex }) => masterIndex === bridge.index && index !== device.index);
    return { device, bridge, ports: new Set(others.map(({ index }) => index)) };
  }
}
