import test from 'ava';
import { directionsWords } from '#src/promises/path-mtu/directions.js';

type Group = Parameters<typeof directionsWords>[0];
const end = (node: string) => ({ node }) as Group[number]['from'];

test('a direction that was measured in two families is counted once, and both are named', (t) => {
  const [a, b] = [end('h1'), end('h2')];
  const group: Group = (['ipv6', 'ipv4'] as const).flatMap((family) => [
    { from: a, to: b, family },
    { from: b, to: a, family },
  ]);
  t.regex(directionsWords(group), /^in 2 directions, IPv4 and IPv6: [^,]* and [^,]*$/u);
  t.regex(directionsWords(group.slice(0, 1)), /^in 1 direction, IPv6: /u);
});
