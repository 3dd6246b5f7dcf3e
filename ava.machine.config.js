/** Tests that change the machine for some seconds, and so run alone: npm run test:machine. */
export default {
  files: ['test/machine/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  timeout: '5m',
};
