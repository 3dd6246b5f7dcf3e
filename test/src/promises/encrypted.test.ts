/** Known plaintext on the wire: seen where nothing is encrypted, and no verdict where the check could not have seen it. */
import { leakEvidence } from '#src/promises/encrypted/leaks.js';
import type { Token } from '#src/promises/encrypted/tokens.js';
import type { Sighting } from '#src/promises/encrypted/underlay-taps.js';
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './findings.js';

test.serial('a flat LAN carries everything in clear, of all hosts alike', async (t) => {
  await withLab(planOf(scenarioOf({ hosts: 3, containers: 1 })), async (lab) => {
    const result = await lab.measure('encrypted');
    t.is(result.cell, 'absent');
    assertFinding(t, result, {
      where: 'h1:eth1',
      words: [
        'what h1c1 sends to h2c1 and h3c1 crosses the underlay in clear',
        'tokens by TCP and UDP over IPv4 and IPv6, as they were sent, on h1:eth1, sw1:to-h1',
      ],
    });
    t.is(result.checks[0]?.evidence.length, 3);
    t.regex(result.checks[0]?.summary ?? '', /^36 of 36 tokens .* readable on the underlay, 6 of 6 sent in clear/u);
    t.regex(result.checks[0]?.coverage ?? '', /^all 6 ordered pairs of hosts, UDP of 20 bytes and of MTU 1500, TCP/u);
  });
});

test.serial('a positive control that is not seen, tokens that do not arrive, one host alone', async (t) => {
  await withLab(planOf(scenarioOf({ containers: 1, outsiders: 0, ipv6: false })), async (lab) => {
    // Nothing leaves h2 by its cable: neither tokens nor controls.
    await change(t, lab, 'h2', 'ip link set eth1 down');
    const silent = await lab.measure('encrypted');
    assertVerdict(t, silent, 'inconclusive');
    t.regex(silent.checks[0]?.reason ?? '', /in clear between h1 and h2 was not seen at both of them/u);

    await change(t, lab, 'h2', 'ip link set eth1 up');
    const rule = 'type filter hook forward priority 0; iifname "veth-h*" meta l4proto { tcp, udp } drop;';
    for (const host of ['h1', 'h2']) await change(t, lab, host, `nft 'table bridge t { chain c { ${rule} }; }'`);
    const lost = await lab.measure('encrypted');
    assertVerdict(t, lost, 'inconclusive');
    t.regex(lost.checks[0]?.reason ?? '', /^6 tokens did not arrive, and prove nothing: h1c1 -> h2c1 \(3 times\)/u);
    t.regex(lost.checks[0]?.summary ?? '', /none of 6 tokens .* 2 of 2 sent in clear/u);
  });
  await withLab(planOf(scenarioOf({ hosts: 1, outsiders: 0, ipv6: false })), async (lab) => {
    const alone = await lab.measure('encrypted');
    assertVerdict(t, alone, 'not applicable');
    t.is(alone.checks[0]?.reason, 'fewer than two hosts have containers');
  });
});

/** A token at the beginning of a datagram's payload. */
function sighting(family: Token['family'], timeMs: number): Sighting {
  const end = (host: string) => ({ node: `${host}c1`, host, address: '10.1.1.2' });
  const token: Token = { kind: 'overlay', from: end('h1'), to: end('h2'), protocol: 'udp', family, payloadBytes: 20 };
  const frame = Buffer.alloc(100);
  frame.writeUInt16BE(family === 'ipv4' ? 0x0800 : 0x86dd, 12);
  frame.writeUInt8(0x45, 14);
  frame.writeUInt8(17, family === 'ipv4' ? 23 : 20);
  return { token, node: 'h1', link: 'eth1', frame, offset: family === 'ipv4' ? 42 : 62, timeMs };
}

test('which family was seen first is chance, and is not told', (t) => {
  const seen = (sightings: readonly Sighting[]) => leakEvidence(sightings).map((one) => one.seen);
  const told = ['tokens by UDP over IPv4 and IPv6, as they were sent, on h1:eth1'];
  t.deepEqual(seen([sighting('ipv4', 1), sighting('ipv6', 2)]), told);
  t.deepEqual(seen([sighting('ipv4', 2), sighting('ipv6', 1)]), told);
});
