/** A tunnel that tries sizes at random: what it may have settled on is kept, however many directions there are. */
import test from 'ava';
import type { Endpoint } from '#src/plan/plan.js';
import type { Shot } from '#src/probes/datagram-probes.js';
import { isAsPredicted, isShort } from '#src/promises/path-mtu/findings.js';
import { candidateSizes, controlBytes, type Measurement } from '#src/promises/path-mtu/probing.js';

const [from, to]: [Endpoint, Endpoint] = [
  { node: 'a', role: 'container', link: 'eth0', ipv4: '10.1.0.1' },
  { node: 'b', role: 'container', link: 'eth0', ipv4: '10.1.0.2' },
];

/** The first volley through a tunnel that carries so many bytes, and tells senders so. */
function probed(carriedBytes: number): Measurement {
  const sizes = { predictedBytes: 1341, leastBytes: 1321, mostBytes: 1341, sentBytes: 1341 };
  const shots = [controlBytes, ...candidateSizes({ ...sizes, by: [] }, 9000)].map((sizeBytes): Shot => {
    const kind = sizeBytes <= carriedBytes ? 'delivered' : 'silence';
    return { from, to, family: 'ipv4', sizeBytes, nonce: Buffer.alloc(12), ending: { kind } };
  });
  return { from, to, family: 'ipv4', by: [], ...sizes, shots };
}

test('what a tunnel may have settled on is no finding, although only some directions are narrowed down', (t) => {
  t.true(isAsPredicted(probed(1341)));
  t.true(isAsPredicted(probed(1321)));
});

test('a tunnel that carries a byte less than it should have found is short', (t) => {
  t.true(isShort(probed(1320)));
});
