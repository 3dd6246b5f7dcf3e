/** Which room may know which, and which file may import which library. Data only: architecture.ts applies it. */

/** A room of src/: the rooms whose code it may use, and the rooms of which it may know only the types. */
export interface Room {
  readonly uses: readonly string[];
  readonly types: readonly string[];
}

/**
 * Data flows one way: scenario -> cluster -> strategy -> plan -> promises -> result -> report. `inside` (in the sandbox),
 * `run` and `labs` (outside it) join them; `cli` is the front door. Each room is above all those that it uses.
 */
export const rooms: Readonly<Record<string, Room>> = {
  declaration: { uses: [], types: [] },
  statistics: { uses: [], types: [] },
  address: { uses: [], types: [] },
  // Of the graph: what a picture is made of, which results store.
  result: { uses: ['graph', 'declaration'], types: [] },
  cluster: { uses: ['address'], types: ['scenario'] },
  scenario: { uses: ['address', 'cluster', 'declaration'], types: [] },
  strategy: { uses: ['address', 'cluster', 'declaration'], types: ['scenario'] },
  discovery: { uses: ['cluster'], types: ['scenario', 'strategy'] },
  plan: { uses: ['address', 'cluster', 'discovery', 'declaration', 'strategy'], types: ['scenario'] },
  // What a promise's check gets and gives, and the words that all of them use.
  check: { uses: ['plan'], types: ['address', 'cluster', 'declaration', 'result'] },
  probes: { uses: ['address', 'check', 'plan'], types: ['cluster', 'scenario'] },
  flows: { uses: ['address', 'check', 'plan', 'probes'], types: [] },
  trace: { uses: ['address', 'check', 'plan', 'probes'], types: ['result'] },
  // Of the plan: how a node differs from it (drift), which is pure.
  blame: { uses: ['address', 'check', 'plan', 'probes', 'trace'], types: ['result'] },
  reachability: { uses: ['address', 'blame', 'check', 'flows', 'plan', 'probes'], types: ['result'] },
  readiness: { uses: ['address', 'check', 'flows', 'plan', 'probes', 'result'], types: ['cluster'] },
  twins: { uses: ['check', 'flows', 'plan', 'readiness'], types: ['result'] },
  faults: { uses: ['check', 'probes', 'scenario'], types: ['plan', 'strategy'] },
  outage: { uses: ['check', 'plan', 'probes', 'twins'], types: ['result', 'scenario'] },
  promises: {
    uses: [
      'address',
      'blame',
      'check',
      'declaration',
      'discovery',
      'faults',
      'flows',
      'outage',
      'plan',
      'probes',
      'reachability',
      'readiness',
      'trace',
      'twins',
    ],
    types: ['cluster', 'result', 'scenario', 'strategy'],
  },
  verify: {
    uses: ['address', 'check', 'declaration', 'flows', 'plan', 'probes', 'promises', 'readiness', 'result', 'trace'],
    types: ['cluster', 'strategy'],
  },
  report: { uses: ['graph', 'declaration', 'result'], types: [] },
  graph: { uses: ['address'], types: ['cluster', 'plan'] },
  // Of the probes: waiting for conditions.
  measure: { uses: ['probes', 'result'], types: [] },
  bench: { uses: ['plan', 'result', 'run', 'statistics'], types: ['inside', 'measure'] },
  inside: {
    uses: ['check', 'faults', 'measure', 'plan', 'declaration', 'probes', 'readiness', 'result', 'verify'],
    types: ['scenario'],
  },
  run: { uses: ['graph', 'plan', 'declaration', 'result'], types: ['inside'] },
  compare: { uses: ['declaration', 'result', 'run'], types: ['plan'] },
  labs: { uses: ['plan', 'declaration', 'result', 'run'], types: ['inside', 'scenario'] },
  // The package's own front door: types only.
  'index.ts': { uses: [], types: ['declaration', 'result', 'scenario'] },
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
      'declaration',
      'report',
      'result',
      'run',
      'scenario',
      'strategy',
    ],
    types: ['inside', 'probes', 'readiness', 'verify'],
  },
};

/** Rooms that never touch a lab: of lab/ they may import only these files, beside types. */
export const pureRooms: readonly string[] = [
  'declaration',
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
  '#lab/group-by.js',
  '#lab/parts.js',
  '#lab/programs.js',
  '#lab/repeated.js',
  '#lab/stages.js',
  '#lab/state.js',
];

/**
 * Libraries, and who may import them: a file; `folder/` for one file of that folder, whichever it is; `folder/*` for all
 * of them. Types may be imported from anywhere in the folder.
 */
export const importers: Readonly<Record<string, readonly string[]>> = {
  '@bomb.sh/tab': ['src/cli/'],
  'cli-table3': ['src/report/table.ts'],
  commander: ['src/cli/'],
  'd3-scale': ['src/report/charts/d3.ts'],
  'd3-shape': ['src/report/charts/d3.ts'],
  'dns-packet': ['src/probes/dns.ts'],
  execa: ['lab/process.ts'],
  ip6addr: ['src/address/ip.ts'],
  koffi: ['lab/kernel/libc.ts'],
  listr2: ['src/report/live.ts'],
  'simple-statistics': ['src/statistics/'],
  'p-map': ['lab/netns/', 'src/flows/'],
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

/** Folders whose entries are alternatives, and the file that lists them: none knows another. */
export const alternatives: Readonly<Record<string, string>> = {
  'src/strategy': 'src/strategy/index.ts',
  'src/promises': 'src/verify/checks.ts',
  'src/faults': 'src/faults/index.ts',
};
