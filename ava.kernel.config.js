/** Tests that make namespaces and sockets themselves: run them as root of a throw-away network namespace (npm run test:kernel). */
export default {
  files: ['test/lab/{kernel,netns,sockets,services}/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  timeout: '2m',
};
