import test from 'ava';
import fc from 'fast-check';
import { interfaceName, maxInterfaceNameBytes } from '#src/strategy/interface-name.js';

test('a name that fits is the prefix and the node', (t) => {
  t.is(interfaceName('veth-', 'h1c1'), 'veth-h1c1');
  t.is(interfaceName('veth-', 'abcdefghij'), 'veth-abcdefghij');
  t.is(interfaceName('to-', 'h1'), 'to-h1');
});

test('a longer name is shortened, the same way every time', (t) => {
  const name = interfaceName('veth-', 'abcdefghijk');
  t.regex(name, /^veth~[0-9a-z]{10}$/u);
  t.is(interfaceName('veth-', 'abcdefghijk'), name);
  t.not(interfaceName('veth-', 'abcdefghijl'), name);
});

test('bytes count, not characters', (t) => {
  t.true(Buffer.byteLength(interfaceName('veth-', 'ääääää')) <= maxInterfaceNameBytes);
});

const nodeName = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/u);

test('any two nodes have two names, each short enough', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.uniqueArray(nodeName, { minLength: 2, maxLength: 60 }), (nodes) => {
        const names = nodes.map((node) => interfaceName('veth-', node));
        return (
          new Set(names).size === nodes.length &&
          names.every((name) => Buffer.byteLength(name) <= maxInterfaceNameBytes)
        );
      }),
    ),
  );
});

test('a thousand long names that differ only at the end stay apart', (t) => {
  const names = Array.from({ length: 1000 }, (_, i) => interfaceName('veth-', `checkout-service-${i}`));
  t.is(new Set(names).size, 1000);
});
