/** throughput in a lab with a real broadcast storm: in namespaces of its own, and over as soon as netlab has cut it off. */
import test from 'ava';
import { planOf, scenarioOf, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict, change } from './findings.js';

/** Packets that the ports of a host's bridge receive while a shell counts to 50,000: some tens of ms. */
async function packetsMeanwhile(lab: TestLab, node: string): Promise<number> {
  const total = `awk '/eth/ { sub(/.*:/, ""); n += $2 } END { print n }' /proc/net/dev`;
  const { output } = await lab.sh(
    node,
    `a=$(${total}); i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; b=$(${total}); echo $((b-a))`,
  );
  return Number(output);
}

test.serial('during a storm throughput is not kept, and the storm is named; when it is over, it is', async (t) => {
  await withLab(planOf(scenarioOf({ extraLinks: [['h1', 'h2']] })), async (lab) => {
    const during = await lab.measure('throughput');
    t.is(during.cell, 'unverified');
    const [check] = during.checks;
    t.is(check?.verdict, 'inconclusive');
    t.regex(check?.reason ?? '', /a broadcast storm took what the transfers would have had; it has been cut off/u);
    t.regex(check?.evidence[0]?.where ?? '', /^h[12]:eth[12]$/u);
    t.regex(check?.evidence[0]?.seen ?? '', /received \d+ packets in \d+ ms/u);
    const left = await packetsMeanwhile(lab, 'h1');
    t.true(left < 1000, `${left} packets: the storm has ended`);
    assertVerdict(t, await lab.measure('throughput'), 'pass');

    // Somebody closes the loop again: nothing runs round before the first broadcast, which is netlab's.
    await change(t, lab, 'h1', 'ip link set eth1 up; ip link set eth2 up');
    await change(t, lab, 'h2', 'ip link set eth1 up; ip link set eth2 up');
    t.is((await lab.measure('throughput')).cell, 'unverified');
    const after = await packetsMeanwhile(lab, 'h1');
    t.true(after < 1000, `${after} packets: the storm has ended`);
  });
});
