/** What a benchmark measures, and benchmarks that were stored, as the command line names them. */
import { pairsIn, type Subject } from '../bench/target.js';
import type { BenchResult } from '../result/bench.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Variation } from '../scenario/variation.js';
import { planEntries } from './comparison-source.js';
import { inputName, textOf } from './read-text.js';
import { UsageError } from './usage-error.js';

const BASELINE = 'host-gw';
/** Names of what is measured beside the subjects. */
const taken: readonly string[] = ['wire'];
/** The question of the sources: an overlay, and networks that are routable. */
const defaults: readonly string[] = ['routable-lan', 'vxlan'];

/**
 * Plans the scenarios and, before them, the routed baseline for as many hosts as the first of them has.
 * @param cluster what is to be otherwise than each scenario says
 * @throws UsageError with what is wrong in any of them
 */
export async function benchSubjects(names: readonly string[], cluster: Variation): Promise<readonly Subject[]> {
  const entries = await planEntries(names.length === 0 ? defaults : names, [], cluster);
  for (const { name, plan } of entries) demandPair(name, plan.scenario);
  const own = entries.find(({ plan }) => isBaseline(plan.scenario));
  const subjects = entries.map(({ name, plan }) => {
    const role = name === own?.name ? ('baseline' as const) : ('subject' as const);
    return { name, role, plan };
  });
  const [first] = entries;
  if (own !== undefined || first === undefined) return subjects;
  return [
    { name: baselineName(subjects), role: 'baseline', plan: await baselinePlan(first.plan.scenario) },
    ...subjects,
  ];
}

const isBaseline = ({ strategy, cluster }: Scenario): boolean =>
  strategy.name === BASELINE && cluster.underlay.kind === 'switch';

/** @throws UsageError when none of them has so many; one that has fewer is measured with all that it has */
export function demandPairs(subjects: readonly Subject[], wanted: number): void {
  const most = Math.max(...subjects.map(({ plan }) => pairsIn(plan)));
  if (wanted <= most) return;
  throw new UsageError(`--pairs ${wanted}: there are ${most} ordered pairs of hosts with containers`, {
    remedy: `Give a number from 1 to ${most}, or more hosts: --hosts.`,
  });
}

function demandPair(name: string, { cluster }: Scenario): void {
  if (taken.includes(name)) throw new UsageError(`a scenario cannot be named ${name} here: that is the bare cable`);
  if (cluster.hosts.filter(({ containers }) => containers.length > 0).length >= 2) return;
  throw new UsageError(`${name}: there are no two hosts with containers to measure between`, {
    remedy: 'Give the scenario two hosts with a container each.',
  });
}

function baselineName(subjects: readonly Subject[]): string {
  return subjects.some(({ name }) => name === BASELINE) ? `${BASELINE}-baseline` : BASELINE;
}

/** Routed, on one flat LAN with the same MTU and hosts of the same names. */
async function baselinePlan({ cluster }: Scenario): Promise<Subject['plan']> {
  const [{ findStrategy }, { makePlan }] = await Promise.all([
    import('../strategy/index.js'),
    import('../plan/make-plan.js'),
  ]);
  const { mtuBytes } = cluster.underlay;
  const scenario: Scenario = {
    name: BASELINE,
    strategy: { name: BASELINE, parameters: {} },
    cluster: {
      hosts: cluster.hosts.map(({ name, containers }) => ({
        name,
        containers: containers.map((container) => ({ name: container.name })),
      })),
      outsiders: [],
      underlay: { kind: 'switch', mtuBytes, family: 'ipv4', nat: [], extraLinks: [] },
      ipv6: cluster.ipv6,
    },
    services: [],
    discovery: { kind: 'none', agents: 'host' },
    expect: {},
    coverage: 'auto',
    tolerate: [],
  };
  return makePlan(scenario, findStrategy(BASELINE));
}

/**
 * @param file `-` is standard input
 * @throws UsageError when it is no benchmark of netlab
 */
export async function readBench(file: string): Promise<BenchResult> {
  const [{ parseBench }, { StoredResultError }] = await Promise.all([
    import('../result/stored-bench.js'),
    import('../result/stored.js'),
  ]);
  const content = await textOf(file, 'store a benchmark first: netlab bench SCENARIO --json > bench.json');
  try {
    return parseBench(content, inputName(file));
  } catch (error) {
    if (!(error instanceof StoredResultError)) throw error;
    throw new UsageError(error.message, {
      cause: error,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    });
  }
}
