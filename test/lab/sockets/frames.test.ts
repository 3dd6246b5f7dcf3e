import test from 'ava';
import { arpProbe, decodeArp, decodeNeighbourAdvertisement, duplicateAddressSolicitation } from '#lab/frames.js';
import type { Frame } from '#lab/sockets.js';
import { collect, MAC } from './frame-helpers.js';
import { closeNodes, once, pair, star, until } from './topology.js';

test.after.always(closeNodes);

test.serial('every owner of an address answers an ARP probe, which leaves no trace', async (t) => {
  const [a, b, thief] = star(3);
  if (a === undefined || b === undefined || thief === undefined) throw new Error('three nodes');
  thief.ip('addr add 10.1.0.2/16 dev eth0');
  const socket = await a.sockets.packet({ etherType: 0x0806 });
  const frames = collect(socket);
  socket.send('eth0', arpProbe(MAC, '10.1.0.2'));
  const replies = () => frames.map(({ data }) => decodeArp(data)).filter((arp) => arp?.operation === 'reply');
  await until(() => replies().length === 2);
  t.deepEqual(new Set(replies().map((arp) => arp?.senderAddress)), new Set(['10.1.0.2']));
  t.is(new Set(replies().map((arp) => arp?.senderMac)).size, 2);
  t.true(replies().every((arp) => arp?.targetMac === MAC && arp.targetAddress === '0.0.0.0'));
  t.is(b.run('ip', 'neigh'), '');
  t.is(thief.run('ip', 'neigh'), '');
  a.sockets.close();
});

test.serial('an owner of an IPv6 address answers a duplicate address solicitation', async (t) => {
  const { a, b } = pair();
  const socket = await a.sockets.packet({ etherType: 0x86dd });
  const advertisement = once<Frame>((callback) => {
    socket.onFrame = (frame) => {
      if (decodeNeighbourAdvertisement(frame.data) !== undefined) callback(frame);
    };
  });
  socket.send('eth0', duplicateAddressSolicitation(MAC, 'fd00::2'));
  const decoded = decodeNeighbourAdvertisement((await advertisement).data);
  const links = b.run('ip', '-o', 'link', 'show', 'eth0');
  t.like(decoded, { targetAddress: 'fd00::2', solicited: false, override: true });
  t.true(links.includes(decoded?.targetMac ?? 'none'));
  a.sockets.close();
});
