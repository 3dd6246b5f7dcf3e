import test from 'ava';
import { NetworkNamespace } from '#lab/kernel/namespace.js';
import * as c from '#lab/kernel/netlink/constants.js';
import { addFdbEntry, decodeFdbEntry, forwardingDump } from '#lab/kernel/netlink/forwarding.js';
import { changeLink, changePort, createBridge, createVeth, createVxlan } from '#lab/kernel/netlink/link.js';
import type { Request } from '#lab/kernel/netlink/message.js';
import { NetlinkSocket } from '#lab/kernel/netlink/socket.js';
import { readLinks } from '#lab/netns/observe.js';

const [BR0, BR1, PORT, FAR, VX4, VX6] = [2, 3, 4, 5, 6, 7] as const;

const bridge = (name: string, index: number): Request =>
  createBridge({ link: { kind: 'bridge', name, stp: false, forwardDelaySeconds: 0, addresses: [] }, index });

/** A namespace with two bridges. */
function inHost(work: (netlink: NetlinkSocket, namespace: NetworkNamespace) => void): void {
  const namespace = NetworkNamespace.create();
  const netlink = NetlinkSocket.open(namespace, 'h1');
  netlink.execute([bridge('br0', BR0), bridge('br1', BR1), changeLink(BR0, 'br0', { up: true })]);
  work(netlink, namespace);
  netlink.close();
  namespace.close();
}

const FLOOD = '00:00:00:00:00:00';
const vxlan = { kind: 'vxlan', port: 4789, learning: false, addresses: [] } as const;

test('forwarding entries: static, learned, for oneself, and lists of VTEPs to flood to', (t) => {
  inHost((netlink, namespace) => {
    const cable = { kind: 'veth', addresses: [] } as const;
    const near = { ...cable, name: 'port', mac: '02:00:00:00:00:01', peer: { node: 'h1', link: 'far' } } as const;
    const far = { ...cable, name: 'far', peer: { node: 'h1', link: 'port' } } as const;
    const entry = (link: string, mac: string, destination: string) => ({ link, mac, destination });
    netlink.execute([
      createVeth({ link: near, index: PORT, masterIndex: BR0 }, { link: far, index: FAR }, namespace.fd),
      changeLink(PORT, 'port', { up: true }),
      createVxlan({ link: { ...vxlan, name: 'vx4', vni: 4, local: '10.1.0.1', remote: '10.1.0.2' }, index: VX4 }),
      createVxlan({ link: { ...vxlan, name: 'vx6', vni: 6, local: 'fd00:1::1' }, index: VX6 }),
      addFdbEntry(PORT, { link: 'port', mac: '02:00:00:00:00:aa' }),
      addFdbEntry(VX4, entry('vx4', FLOOD, '10.1.0.3')),
      addFdbEntry(VX4, entry('vx4', '02:00:00:00:00:bb', '10.1.0.3')),
      addFdbEntry(VX6, entry('vx6', FLOOD, 'fd00:1::2')),
      addFdbEntry(VX6, entry('vx6', FLOOD, 'fd00:1::3')),
    ]);
    const found = netlink.dump(c.RTM_GETNEIGH, forwardingDump, 'entries').map(decodeFdbEntry);
    const kept = found.filter(({ isAddressFilter }) => !isAddressFilter);
    const of = (wanted: number) =>
      kept
        .filter(({ index }) => index === wanted)
        .map(({ mac, destination, origin }) => [mac, destination, origin])
        .toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
    t.deepEqual(of(VX4), [
      [FLOOD, '10.1.0.2', 'static'],
      [FLOOD, '10.1.0.3', 'static'],
      ['02:00:00:00:00:bb', '10.1.0.3', 'static'],
    ]);
    t.deepEqual(of(VX6), [
      [FLOOD, 'fd00:1::2', 'static'],
      [FLOOD, 'fd00:1::3', 'static'],
    ]);
    const port = new Map(of(PORT).map(([mac, , origin]) => [mac, origin]));
    t.is(port.get('02:00:00:00:00:01'), 'local');
    t.is(port.get('02:00:00:00:00:aa'), 'static');
    t.deepEqual(of(FAR), []);
  });
});

test('the options of a bridge port and of a VXLAN device are set and read back', (t) => {
  inHost((netlink) => {
    const link = { ...vxlan, name: 'vx6', vni: 6, local: 'fd00:1::1', remote: 'ff05::100', parent: 'br0' } as const;
    netlink.execute([
      createVxlan({ link, index: VX6, masterIndex: BR1 }, BR0),
      changePort(VX6, 'vx6', { hairpin: true, learning: false, neighSuppress: true, isolated: true }),
    ]);
    const found = readLinks(netlink).find(({ name }) => name === 'vx6');
    t.deepEqual(found?.vxlan, {
      vni: 6,
      port: 4789,
      local: 'fd00:1::1',
      remote: 'ff05::100',
      learning: false,
      parentIndex: BR0,
    });
    t.deepEqual(found?.bridgePort, { hairpin: true, learning: false, neighSuppress: true, isolated: true });
    t.throws(() => netlink.execute([changePort(BR1, 'br1', { hairpin: true })]), {
      message: /^h1: bridge port br1: \S/u,
    });
  });
});
