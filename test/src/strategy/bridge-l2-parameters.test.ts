import test from 'ava';
import { plan } from '../plan/plans.js';

const refuses = test.macro((t, parameters: Readonly<Record<string, unknown>>, words: RegExp) => {
  t.throws(() => plan({}, parameters), { name: 'LabError', message: words });
});

test('refuses an unknown parameter', refuses, { sptt: true }, /bridge-l2 refuses its parameters: .*sptt/u);
test(
  'refuses a short delay with STP',
  refuses,
  { stp: true, forwardDelaySeconds: 1 },
  /forwardDelaySeconds: with STP .* 2 to 30/u,
);
test('refuses a host address as network', refuses, { network: '10.1.0.1/16' }, /the network is 10\.1\.0\.0\/16/u);
test('refuses IPv6 where IPv4 is meant', refuses, { network: 'fd00::/64' }, /no IPv4 network/u);
test(
  'refuses slices that do not fit',
  refuses,
  { network: '10.1.0.0/23' },
  /slicePrefixLength: .*allowed are 25 to 30/u,
);
test('says everything at once', refuses, { masquerade: 'maybe', stp: 1 }, /stp: .*masquerade: /u);
