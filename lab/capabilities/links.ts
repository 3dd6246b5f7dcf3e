/** Kinds of links, tried by making one of each (linux/if_link.h, if_tunnel.h). */
import { packAddress } from '../kernel/address.js';
import * as c from '../kernel/netlink/constants.js';
import { linkHeader } from '../kernel/netlink/link.js';
import { BodyWriter, type Request } from '../kernel/netlink/message.js';
import { createTun } from '../kernel/tun.js';
import { BENCH_NAME, type Bench, type FeatureProbe } from './feature.js';

const IFLA_BR_VLAN_FILTERING = 7;
const IFLA_VLAN_ID = 1;
const IFLA_VRF_TABLE = 1;
const IFLA_GENEVE_ID = 1;
const IFLA_GENEVE_REMOTE = 2;
const IFLA_GRE_LOCAL = 6;
const IFLA_GRE_REMOTE = 7;
const IFLA_IPTUN_LOCAL = 2;
const IFLA_IPTUN_REMOTE = 3;
/** Documentation addresses (RFC 5737): nothing is ever sent. */
const LOCAL = packAddress('192.0.2.1').bytes;
const REMOTE = packAddress('192.0.2.2').bytes;
/** Ends of the cable that links with a parent are put on. */
const CABLE = { index: 1001, name: 'cable0', peerIndex: 1002, peerName: 'cable1' } as const;

interface Kind {
  readonly kind: string;
  /** Name of the feature, where it is not `link:KIND`. */
  readonly feature?: string;
  readonly module?: string;
  readonly data?: (body: BodyWriter) => void;
  /** Sits on top of another link. */
  readonly parent?: true;
}

const greEnds = (body: BodyWriter): void => void body.bytes(IFLA_GRE_LOCAL, LOCAL).bytes(IFLA_GRE_REMOTE, REMOTE);
const tunnelEnds = (body: BodyWriter): void =>
  void body.bytes(IFLA_IPTUN_LOCAL, LOCAL).bytes(IFLA_IPTUN_REMOTE, REMOTE);

const kinds: readonly Kind[] = [
  { kind: 'bridge', module: 'bridge' },
  {
    kind: 'bridge',
    feature: 'bridge:vlan-filtering',
    data: (body) => body.u8(IFLA_BR_VLAN_FILTERING, 1),
  },
  { kind: 'vxlan', module: 'vxlan', data: (body) => body.u32(c.IFLA_VXLAN_ID, 1).u16be(c.IFLA_VXLAN_PORT, 4789) },
  { kind: 'macvlan', module: 'macvlan', parent: true, data: (body) => body.u32(c.IFLA_MACVLAN_MODE, 4) },
  { kind: 'ipvlan', module: 'ipvlan', parent: true },
  { kind: 'gre', module: 'ip_gre', data: greEnds },
  { kind: 'gretap', module: 'ip_gre', data: greEnds },
  { kind: 'geneve', module: 'geneve', data: (body) => body.u32(IFLA_GENEVE_ID, 1).bytes(IFLA_GENEVE_REMOTE, REMOTE) },
  { kind: 'ipip', module: 'ipip', data: tunnelEnds },
  { kind: 'sit', module: 'sit', data: tunnelEnds },
  { kind: 'wireguard', module: 'wireguard' },
  { kind: 'ifb', module: 'ifb' },
  { kind: 'dummy', module: 'dummy' },
  { kind: 'vlan', module: '8021q', parent: true, data: (body) => body.bytes(IFLA_VLAN_ID, Buffer.from([1, 0])) },
  { kind: 'bond', module: 'bonding' },
  { kind: 'vrf', module: 'vrf', data: (body) => body.u32(IFLA_VRF_TABLE, 10) },
];

export const linkProbes: readonly FeatureProbe[] = [
  { name: 'link:veth', module: 'veth', make: makeCable },
  ...kinds.map((kind, index) => ({
    name: kind.feature ?? `link:${kind.kind}`,
    ...(kind.module === undefined ? {} : { module: kind.module }),
    make: (bench: Bench) => makeLink(bench, kind, index),
  })),
  ...(['tun', 'tap'] as const).map((mode) => ({
    name: `link:${mode}`,
    module: 'tun',
    // The device appears where /dev/net/tun was opened (drivers/net/tun.c).
    make: ({ namespace }: Bench) =>
      namespace.run(() => createTun(namespace, BENCH_NAME, { kind: 'tun', name: `${mode}0`, mode, addresses: [] })),
  })),
];

function makeLink({ socket }: Bench, kind: Kind, index: number): void {
  if (kind.parent === true) socket.attempt([cable()]);
  socket.execute([newLink(kind, `new${index}`, kind.parent === true ? CABLE.index : undefined)]);
}

function makeCable({ socket }: Bench): void {
  // Another feature may have needed it before.
  if (socket.attempt([cable()]) === 0) socket.execute([cable('cable2', 'cable3')]);
}

function cable(name: string = CABLE.name, peerName: string = CABLE.peerName): Request {
  const known = name === CABLE.name;
  const body = new BodyWriter().fixed(linkHeader(known ? CABLE.index : 0)).text(c.IFLA_IFNAME, name);
  body.nested(c.IFLA_LINKINFO, (info) => {
    info.text(c.IFLA_INFO_KIND, 'veth');
    info.nested(c.IFLA_INFO_DATA, () =>
      info.nested(c.VETH_INFO_PEER, () =>
        info.fixed(linkHeader(known ? CABLE.peerIndex : 0)).text(c.IFLA_IFNAME, peerName),
      ),
    );
  });
  return create(body, 'veth');
}

function newLink({ kind, data }: Kind, name: string, parent: number | undefined): Request {
  const body = new BodyWriter().fixed(linkHeader(0)).text(c.IFLA_IFNAME, name);
  if (parent !== undefined) body.u32(c.IFLA_LINK, parent);
  body.nested(c.IFLA_LINKINFO, (info) => {
    info.text(c.IFLA_INFO_KIND, kind);
    if (data !== undefined) info.nested(c.IFLA_INFO_DATA, data);
  });
  return create(body, kind);
}

const create = (body: BodyWriter, kind: string): Request => ({
  type: c.RTM_NEWLINK,
  flags: c.NLM_F_CREATE | c.NLM_F_EXCL,
  body: body.finish(),
  object: `link of kind ${kind}`,
});
