export default {
  files: ['test/**/*.test.ts', '!test/lab/{kernel,netns,sockets,services}/**', '!test/machine/**'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  timeout: '5m',
};
