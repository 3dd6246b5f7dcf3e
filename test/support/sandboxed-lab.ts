/** Real labs for tests: a sandbox, a plan (as it is or broken on purpose), shell commands in its nodes, measurements. */
import { spawn } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { startSandbox } from '#lab/sandbox.js';
import { emptyNode, type NodeState } from '#lab/state.js';
import type { SampleReport, SampleRequest } from '#src/measure/sample.js';
import type { Broken, Description, Mended, VerifyReport } from '#src/inside/requests.js';
import { nodePrefix } from '#src/labs/enter.js';
import { makePlan } from '#src/plan/make-plan.js';
import type { Plan } from '#src/plan/plan.js';
import type { PromiseName } from '#src/declaration/promise.js';
import type { PromiseResult } from '#src/result/result.js';
import { insideEntry } from '#src/run/run.js';
import type { FaultSpec } from '#src/scenario/fault.js';
import type { Scenario, UnderlaySpec } from '#src/scenario/scenario.js';
import { findStrategy } from '#src/strategy/index.js';

export interface ScenarioShape {
  /** `bridge-l2` when absent. */
  readonly strategy?: string;
  readonly hosts?: number;
  readonly containers?: number;
  readonly outsiders?: number;
  readonly ipv6?: boolean;
  readonly mtuBytes?: number;
  readonly extraLinks?: ReadonlyArray<readonly [string, string]>;
  /** What else there is to say of the underlay: routed, NAT, IPv6 addresses. */
  readonly underlay?: Partial<UnderlaySpec>;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly coverage?: Scenario['coverage'];
  readonly tolerate?: Scenario['tolerate'];
  readonly expect?: Scenario['expect'];
  readonly services?: Scenario['services'];
  readonly discovery?: Scenario['discovery'];
  /** The groups of containers, by name. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

export function scenarioOf(shape: ScenarioShape = {}): Scenario {
  const {
    hosts = 2,
    containers = 2,
    outsiders = 1,
    ipv6 = true,
    mtuBytes = 1500,
    extraLinks = [],
    groups = {},
  } = shape;
  return {
    name: 'test',
    strategy: { name: shape.strategy ?? 'bridge-l2', parameters: shape.parameters ?? {} },
    cluster: {
      hosts: numbered('h', hosts).map((name) => ({
        name,
        containers: numbered(`${name}c`, containers).map((container) => ({
          name: container,
          ...(groups[container] === undefined ? {} : { groups: groups[container] }),
        })),
      })),
      outsiders: numbered('o', outsiders).map((name) => ({ name })),
      underlay: { kind: 'switch', family: 'ipv4', nat: [], mtuBytes, extraLinks, ...shape.underlay },
      ipv6,
    },
    services: shape.services ?? [],
    discovery: shape.discovery ?? { kind: 'none', agents: 'host' },
    expect: shape.expect ?? {},
    coverage: shape.coverage ?? 'auto',
    tolerate: shape.tolerate ?? [],
  };
}

export const planOf = (scenario: Scenario = scenarioOf()): Plan =>
  makePlan(scenario, findStrategy(scenario.strategy.name));

/** The plan with one node changed: a lab that is broken from the start. */
export function withNode(plan: Plan, name: string, change: (node: NodeState) => NodeState): Plan {
  return { ...plan, nodes: plan.nodes.map((node) => (node.name === name ? change(node) : node)) };
}

export interface Shell {
  readonly code: number;
  readonly output: string;
}

export interface TestLab {
  /** How long it took after the build until it forwarded. */
  readonly convergedMs: number;
  /** Runs a shell command in a node, as somebody with `netlab exec` would; what it starts in the background goes on. */
  sh(node: string, command: string): Promise<Shell>;
  /** Breaks something as `netlab break` does. */
  break(...faults: FaultSpec[]): Promise<readonly Broken[]>;
  /** Waits until the network forwards, as after a build. */
  settle(): Promise<void>;
  /** Undoes faults, as `netlab mend` does: `mtu h1:eth1 1400`; everything when none is named. */
  mend(...faults: string[]): Promise<readonly Mended[]>;
  describe(): Promise<Description>;
  verify(...only: PromiseName[]): Promise<VerifyReport>;
  /** Takes one sample of a benchmark. */
  sample(request: SampleRequest): Promise<SampleReport>;
  /** Asks process 1 for what only an entry of the test's own answers. */
  ask<T>(request: string): Promise<T>;
  /** Measures one promise. */
  measure(promise: PromiseName): Promise<PromiseResult>;
  /**
   * Builds what another plan has more: nodes that are new, and what is new on switches and routers; hosts that are there are
   * left alone. From then on that plan is measured.
   */
  grow(plan: Plan): Promise<void>;
}

/**
 * Builds the plan in a sandbox of its own, lets `use` work with it, and takes it down whatever happens.
 * @param entry what process 1 of the sandbox runs
 */
export async function withLab<T>(plan: Plan, use: (lab: TestLab) => Promise<T>, entry = insideEntry): Promise<T> {
  const sandbox = await startSandbox({ entry });
  const { channel, initPid } = sandbox;
  const verify = async (...only: PromiseName[]): Promise<VerifyReport> =>
    await channel.call('verify', only.length === 0 ? {} : { only });
  try {
    let current = plan;
    const build = async (wanted: Plan, nodes = wanted.nodes): Promise<number> => {
      await channel.call('build', { plan: wanted, nodes });
      current = wanted;
      // As after `netlab up`: containers have their addresses, too, before anything is done to the lab.
      return (await channel.call<{ ms: number }>('converge', null)).ms;
    };
    const convergedMs = await build(plan);
    return await use({
      convergedMs,
      break: async (...faults) => await channel.call('break', { faults, settle: false }),
      settle: async () => void (await channel.call('break', { faults: [], settle: true })),
      mend: async (...faults) => await channel.call('mend', faults.length === 0 ? {} : { faults }),
      describe: async () => await channel.call('describe', null),
      grow: async (larger) => void (await build(larger, additionsTo(current, larger))),
      sh: async (node, command) =>
        await run([...(await nodePrefix(channel, initPid, node, ['--mount', '--pid'])), 'sh', '-c', command]),
      verify,
      ask: async (request) => await channel.call(request, null),
      sample: async (request) => await channel.call<SampleReport>('sample', request),
      measure: async (promise) => onlyOne((await verify(promise)).promises),
    });
  } finally {
    sandbox.kill();
    await sandbox.exited;
  }
}

function additionsTo(before: Plan, after: Plan): readonly NodeState[] {
  return after.nodes.flatMap((node) => {
    const known = before.nodes.find(({ name }) => name === node.name);
    if (known === undefined) return [node];
    if (node.role !== 'switch' && node.role !== 'router') return [];
    const links = node.links.filter(({ name }) => known.links.every((link) => link.name !== name));
    const routes = node.routes.filter((route) => !known.routes.some((one) => isDeepStrictEqual(one, route)));
    const services = node.services.filter(({ name }) => known.services.every((service) => service.name !== name));
    const isSame = links.length + routes.length + services.length === 0;
    return isSame ? [] : [{ ...emptyNode(node.name, node.role), links, routes, services }];
  });
}

function onlyOne(results: readonly PromiseResult[]): PromiseResult {
  const [result] = results;
  if (result === undefined) throw new Error('nothing was measured');
  return result;
}

function run(argv: readonly string[]): Promise<Shell> {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code: code ?? -1, output }));
  });
}
