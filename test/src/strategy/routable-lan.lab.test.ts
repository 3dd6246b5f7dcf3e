import test from 'ava';
import { planOf, scenarioOf, withLab, withNode } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from '../promises/findings.js';

const lan = (shape: Parameters<typeof scenarioOf>[0] = {}) =>
  planOf(scenarioOf({ strategy: 'routable-lan', ...shape }));

test.serial(
  "the address left on the LAN's interface, no gateway for Docker, and a host that routes after all",
  async (t) => {
    await withLab(lan({ hosts: 3, ipv6: false }), async (lab) => {
      // `ifup br0` without `ifconfig enp1s0 0.0.0.0`, and a restart after which only one of the two is left.
      await change(t, lab, 'h1', 'ip addr del 192.168.0.51/16 dev br0; ip addr add 192.168.0.51/16 dev eth1');
      assertFinding(t, await lab.measure('host-to-container'), {
        where: /^h1(:|$)/u,
        words: ['h1 reaches nobody', 'h1:eth1: address is 192.168.0.51/16, planned none'],
      });
      await change(t, lab, 'h1', 'ip addr del 192.168.0.51/16 dev eth1; ip addr add 192.168.0.51/16 dev br0');
      await change(t, lab, 'h1', 'ip route add default via 192.168.0.1');
      assertVerdict(t, await lab.measure('host-to-container'), 'pass');
      // Docker without --default-gateway.
      await change(t, lab, 'h2c1', 'ip route replace default via 192.168.0.52');
      await change(t, lab, 'h2c2', 'ip route replace default via 192.168.0.52');
      assertFinding(
        t,
        await lab.measure('egress'),
        { where: 'h2', words: ['h2c1 and h2c2 of h2 cannot reach world', 'h2 does not forward'] },
        { where: 'h2c1 and h2c2', words: ['192.168.0.52', "h2's", 'an address of a router'] },
      );
    });
  },
);

test.serial('Docker with its masquerading left on, and slices that overlap', async (t) => {
  const overlapping = withNode(lan({ ipv6: false }), 'h2c1', (node) => ({
    ...node,
    links: node.links.map((link) => ({ ...link, addresses: ['192.168.51.2/16'], mac: '02:42:c0:a8:33:02' })),
  }));
  await withLab(overlapping, async (lab) => {
    assertFinding(t, await lab.measure('unique-address'), {
      where: /h2c1/u,
      words: ['192.168.51.2 is there twice', 'h1c1:eth0 and h2c1:eth0'],
    });
  });
  await withLab(lan({ ipv6: false }), async (lab) => {
    await change(t, lab, 'h1c1', 'ip route replace default via 192.168.0.51');
    await change(t, lab, 'h1', 'sysctl -w net.ipv4.ip_forward=1');
    await change(
      t,
      lab,
      'h1',
      "nft 'table ip nat { chain postrouting { type nat hook postrouting priority srcnat; ip saddr 192.168.51.0/24 masquerade; }; }'",
    );
    assertFinding(t, await lab.measure('egress'), {
      where: 'h1',
      words: [/world saw h1c1.* as 192\.168\.0\.51 \(of h1:br0\)/u, '192.168.51.2: the router is on the LAN'],
    });
  });
});

for (const mtuBytes of [1400, 9000])
  test.serial(`the containers' MTU is the wire's: ${mtuBytes}`, async (t) => {
    await withLab(lan({ mtuBytes }), async (lab) => assertVerdict(t, await lab.measure('path-mtu'), 'pass'));
  });
