import test from 'ava';
import fc from 'fast-check';
import { NetworkNamespace } from '#lab/kernel/namespace.js';
import { changeLink, createBridge, createVeth, createVxlan } from '#lab/kernel/netlink/link.js';
import { BodyWriter, decodeAttributes, decodeMessages, decodeText, encodeBatch } from '#lab/kernel/netlink/message.js';
import { addAddress, addNeighbour } from '#lab/kernel/netlink/network.js';
import { addRoute } from '#lab/kernel/netlink/route.js';
import { addRule } from '#lab/kernel/netlink/rule.js';
import { NetlinkSocket } from '#lab/kernel/netlink/socket.js';
import { readLinks, readNeighbours } from '#lab/netns/observe.js';

const bridge = (name: string, index: number) =>
  createBridge({ link: { kind: 'bridge', name, stp: false, forwardDelaySeconds: 0, addresses: [] }, index });

/** For routes that name no link. */
const noLink = (link: string): number => {
  throw new Error(`asked for ${link}`);
};

function inFreshNode(work: (netlink: NetlinkSocket, namespace: NetworkNamespace) => void): void {
  const namespace = NetworkNamespace.create();
  const netlink = NetlinkSocket.open(namespace, 'h1');
  work(netlink, namespace);
  netlink.close();
  namespace.close();
}

test('attributes of any length survive being written and read', (t) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.uint8Array({ maxLength: 3000 })), {
        selector: ([type]) => type,
        maxLength: 20,
      }),
      (entries) => {
        const writer = new BodyWriter();
        for (const [type, value] of entries) writer.bytes(type, Buffer.from(value));
        const decoded = decodeAttributes(writer.finish());
        t.deepEqual(
          [...decoded].map(([type, value]) => [type, [...value]]),
          entries.map(([type, value]) => [type, [...value]]),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test('a batch is read back message by message, whatever the bodies', (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }), (bodies) => {
      const requests = bodies.map((body) => ({ type: 16, flags: 5, body: Buffer.from(body), object: '' }));
      const messages = [...decodeMessages(encodeBatch(requests, 7))];
      t.deepEqual(
        messages.map(({ body }) => [...body]),
        bodies.map((body) => [...body]),
      );
      t.deepEqual(
        messages.map(({ sequence }) => sequence),
        bodies.map((_, index) => 7 + index),
      );
    }),
  );
});

test('a text attribute ends at its zero byte', (t) => {
  t.is(decodeText(Buffer.from('br0\0\0')), 'br0');
  t.is(decodeText(undefined), '');
});

test('links are made with the index asked for, and a dump shows them', (t) => {
  inFreshNode((netlink) => {
    netlink.execute([bridge('br0', 7), changeLink(7, 'br0', { up: true, mtuBytes: 1400, mac: '02:00:00:00:00:01' })]);
    const found = readLinks(netlink).find((link) => link.name === 'br0');
    t.like(found, { index: 7, kind: 'bridge', mtuBytes: 1400, mac: '02:00:00:00:00:01', up: true });
  });
});

test('a refusal names node, object and the kernel words, and the rest of the batch is carried out', (t) => {
  inFreshNode((netlink) => {
    const error = t.throws(() => netlink.execute([bridge('br0', 2), bridge('br0', 3), bridge('br1', 4)]));
    t.regex(error?.message ?? '', /^h1: link br0 \(bridge\): .*\(EEXIST\)$/u);
    t.truthy(readLinks(netlink).find((link) => link.name === 'br1'));
  });
});

test('the kernel says in its own words what it does not like', (t) => {
  inFreshNode((netlink) => {
    const link = {
      kind: 'vxlan',
      name: 'vx0',
      vni: 1,
      port: 4789,
      local: '10.0.0.1',
      remote: '::1',
      addresses: [],
    } as const;
    t.throws(() => netlink.execute([createVxlan({ link, index: 2 })]), {
      message: /^h1: link vx0 \(vxlan\): \S.*\(E[A-Z]+\)$/u,
    });
    t.throws(() => netlink.execute([addRoute({ destination: 'default', via: '10.9.9.9' }, noLink)]), {
      message: /^h1: route default via 10\.9\.9\.9: Nexthop has invalid gateway \(ENETUNREACH\)$/u,
    });
  });
});

test('a cable has its far end in the other namespace, as port of a bridge here', (t) => {
  inFreshNode((here) => {
    const there = NetworkNamespace.create();
    const far = NetlinkSocket.open(there, 'h1c1');
    const near = { kind: 'veth', name: 'veth-h1c1', peer: { node: 'h1c1', link: 'eth0' }, addresses: [] } as const;
    const end = {
      kind: 'veth',
      name: 'eth0',
      peer: { node: 'h1', link: 'veth-h1c1' },
      mac: '02:42:0a:01:01:02',
      mtuBytes: 1400,
      addresses: [],
    } as const;
    here.execute([
      bridge('br0', 2),
      createVeth({ link: near, index: 3, masterIndex: 2 }, { link: end, index: 2 }, there.fd),
    ]);
    t.like(
      readLinks(here).find(({ name }) => name === 'veth-h1c1'),
      { index: 3, kind: 'veth', masterIndex: 2 },
    );
    t.like(
      readLinks(far).find(({ name }) => name === 'eth0'),
      { index: 2, mac: '02:42:0a:01:01:02', mtuBytes: 1400 },
    );
    far.close();
    there.close();
  });
});

test('addresses, routes, rules and neighbours of both families are accepted', (t) => {
  inFreshNode((netlink) => {
    netlink.execute([
      bridge('br0', 2),
      changeLink(2, 'br0', { up: true }),
      addAddress(2, 'br0', '10.1.0.1/16'),
      addAddress(2, 'br0', 'fd00::1/64'),
      addRoute({ destination: 'default', via: '10.1.0.9', metric: 7 }, noLink),
      addRoute({ destination: 'default', via: 'fd00::9' }, noLink),
      addRoute({ destination: '10.9.0.0/16', kind: 'unreachable' }, noLink),
      addRoute({ destination: '10.8.0.0/16', link: 'br0' }, () => 2),
      addRule({ family: 'ipv4', from: '10.1.0.0/16', table: 100, priority: 1000 }),
      addRule({ family: 'ipv6', to: 'fd01::/64', table: 100, priority: 1000 }),
      addNeighbour(2, { address: '10.1.0.9', mac: '02:00:00:00:00:09', link: 'br0' }),
      addNeighbour(2, { address: 'fd00::9', mac: '02:00:00:00:00:09', link: 'br0' }),
    ]);
    t.deepEqual(
      readNeighbours(netlink)
        .filter(({ permanent }) => permanent)
        .map(({ address }) => address)
        .filter((address) => !address.startsWith('ff')),
      ['10.1.0.9', 'fd00::9'],
    );
  });
});

test('what is tried is carried out to the end, whichever of it is refused, and leaves no answer behind', (t) => {
  inFreshNode((netlink) => {
    const many = Array.from({ length: 150 }, (_, index) => bridge(`br${index}`, 10 + index));
    const first = many.slice(0, 1);
    netlink.tryAll([...many.slice(0, 70), ...first, ...many.slice(70)]);
    netlink.tryAll(first);
    netlink.tryAll([]);
    t.is(readLinks(netlink).filter(({ kind }) => kind === 'bridge').length, 150);
    t.throws(() => netlink.execute(first), { code: 'EEXIST' });
  });
});
