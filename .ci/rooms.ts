/** Which room may know which, and which file may import which library. Data only: architecture.ts applies it. */

/** A room of src/: the rooms whose code it may use, and the rooms of which it may know only the types. */
export interface Room {
  readonly uses: readonly string[];
  readonly types: readonly string[];
}

/**
 * Data flows one way: scenario -> cluster -> strategy -> plan -> checks -> result -> report. `inside` (in the sandbox),
 * `run` and `labs` (outside it) join them; `cli` is the front door.
 */
export const rooms: Readonly<Record<string, Room>> = {
  promise: { uses: [], types: [] },
  statistics: { uses: [], types: [] },
  address: { uses: [], types: [] },
  // Of the graph: what a picture is made of, which results store.
  result: { uses: ['graph', 'promise'], types: [] },
  cluster: { uses: ['address'], types: ['scenario'] },
  scenario: { uses: ['address', 'cluster', 'promise'], types: [] },
  strategy: { uses: ['address', 'cluster', 'promise'], types: ['scenario'] },
  discovery: { uses: [], types: ['cluster', 'scenario', 'strategy'] },
  plan: { uses: ['address', 'cluster', 'discovery', 'promise', 'strategy'], types: ['scenario'] },
  // Of the plan: how a node differs from it (drift), which is pure.
  checks: {
    uses: ['address', 'discovery', 'faults', 'plan', 'promise', 'verify'],
    types: ['cluster', 'result', 'scenario', 'strategy'],
  },
  faults: { uses: ['checks', 'scenario'], types: ['plan', 'strategy'] },
  verify: { uses: ['address', 'checks', 'plan', 'promise', 'result'], types: ['cluster', 'strategy'] },
  report: { uses: ['graph', 'promise', 'result'], types: [] },
  graph: { uses: ['address'], types: ['cluster', 'plan'] },
  // Of the checks: waiting for conditions.
  measure: { uses: ['checks', 'result'], types: [] },
  bench: { uses: ['plan', 'result', 'run', 'statistics'], types: ['inside', 'measure'] },
  inside: { uses: ['checks', 'faults', 'measure', 'plan', 'promise', 'result', 'verify'], types: ['scenario'] },
  run: { uses: ['graph', 'plan', 'promise', 'result'], types: ['inside'] },
  compare: { uses: ['promise', 'result', 'run'], types: ['plan'] },
  labs: { uses: ['plan', 'promise', 'result', 'run'], types: ['inside', 'scenario'] },
  cli: {
    uses: [
      'address',
      'bench',
      'cluster',
      'compare',
      'faults',
      'graph',
      'labs',
      'plan',
      'promise',
      'report',
      'result',
      'run',
      'scenario',
      'strategy',
    ],
    types: ['checks', 'inside', 'verify'],
  },
};

/** Rooms that never touch a lab: of lab/ they may import only these files, beside types. */
export const pureRooms: readonly string[] = [
  'promise',
  'statistics',
  'address',
  'result',
  'scenario',
  'cluster',
  'strategy',
  'discovery',
  'plan',
  'report',
  'graph',
];
/** programs.js: only where netlab itself lies, so that its own scenarios are found. */
export const pureLabFiles: readonly string[] = [
  '#lab/errors.js',
  '#lab/parts.js',
  '#lab/programs.js',
  '#lab/stages.js',
  '#lab/state.js',
];

/**
 * Libraries, and who may import them: a file; `folder/` for one file of that folder, whichever it is; `folder/*` for all
 * of them. Types may be imported from anywhere in the folder.
 */
export const importers: Readonly<Record<string, readonly string[]>> = {
  '@bomb.sh/tab': ['src/cli/'],
  '@viz-js/viz': ['src/graph/'],
  'cli-table3': ['src/report/table.ts'],
  commander: ['src/cli/'],
  'd3-scale': ['src/report/charts/d3.ts'],
  'd3-shape': ['src/report/charts/d3.ts'],
  'dns-packet': ['src/verify/dns.ts'],
  execa: ['lab/process.ts'],
  ip6addr: ['src/address/ip.ts'],
  koffi: ['lab/kernel/libc.ts'],
  listr2: ['src/report/live.ts'],
  'simple-statistics': ['src/statistics/'],
  'p-map': ['lab/netns/', 'src/verify/'],
  tinybench: ['src/measure/'],
  // The parser, and the walk over what it parsed.
  yaml: ['src/scenario/yaml-document.ts', 'src/scenario/yaml-tree.ts'],
  // Schemas only: of scenarios, of the strategies' parameters, of results.
  zod: ['src/scenario/*', 'src/strategy/*', 'src/result/*'],
};

/** Modules of Node.js that reach the machine; src/ has lab/ for that. */
export const machineModules: readonly string[] = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'http',
  'https',
  'tls',
  'worker_threads',
];

/** Folders whose files are alternatives, listed in their index.ts: none knows another. */
export const alternatives: readonly string[] = ['src/strategy', 'src/checks', 'src/faults'];
