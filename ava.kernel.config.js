/** Tests that make namespaces and sockets themselves, as root of a throw-away network namespace: npm run test:kernel. */
import { readlinkSync } from 'node:fs';

/** They would leave files in /run, and links and addresses where they run. test:kernel says which network namespace it came from. */
function assertThrowAway() {
  const { NETLAB_TEST_OUTSIDE: outside = '' } = process.env;
  if (outside === '' || outside === readlinkSync('/proc/self/ns/net'))
    throw new Error(
      'These tests change the machine that they run on. Run them in a throw-away namespace: npm run test:kernel',
    );
}

export default function kernelTests() {
  assertThrowAway();
  return {
    files: ['test/lab/{kernel,netns,sockets,services}/**/*.test.ts'],
    extensions: { ts: 'module' },
    nodeArguments: ['--import=tsx'],
    workerThreads: false,
    timeout: '2m',
  };
}
