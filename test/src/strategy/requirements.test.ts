/** Whatever a plan builds or runs is among what it asks of the machine, with a remedy for where it is not there. */
import test from 'ava';
import { availableOf, missing, probeCapabilities, type Requirement } from '#lab/capabilities.js';
import { LabError } from '#lab/errors.js';
import type { NodeState } from '#lab/state.js';
import { needsOf, scenarioChoices } from '#src/cli/needs.js';
import { makePlan } from '#src/plan/make-plan.js';
import type { Plan } from '#src/plan/plan.js';
import { parseScenario } from '#src/scenario/parse.js';
import { strategies } from '#src/strategy/index.js';

const underlays = ['{ kind: switch }', '{ kind: routed }', '{ kind: routed, nat: [h2] }'];
/** Of one package with another program, which is asked for. */
const comesWith: Readonly<Record<string, string>> = { 'ovsdb-tool': 'ovsdb-server' };
/** netlab's own programs, scripts among a service's own files, and what no system is without. */
const isThereAnyway = (program: string): boolean => /^(netlab:|\/run\/netlab\/|(sh|ln)$)/u.test(program);

/** Those of every combination that there is. */
function plans(name: string): readonly Plan[] {
  const strategy = strategies.get(name);
  if (strategy === undefined) return [];
  const { choices } = needsOf(strategy, new Set());
  const parameters = [{}, ...choices.map(({ parameter, value }) => ({ [parameter]: value }))];
  return underlays.flatMap((underlay) =>
    parameters.flatMap((chosen) => {
      const text = `strategy: ${JSON.stringify({ name, ...chosen })}\ncluster: { hosts: 3, underlay: ${underlay} }\n`;
      try {
        return [makePlan(parseScenario(text, { file: 'test', defaultName: name, strategies }), strategy)];
      } catch (error) {
        if (error instanceof LabError) return [];
        throw error;
      }
    }),
  );
}

const uses = ({ links, services, nftables }: NodeState): readonly string[] => [
  // A daemon's own link is the daemon's affair.
  ...links.flatMap(({ kind }) => (kind === 'daemon' ? [] : [`link ${kind}`])),
  ...services.flatMap(({ argv: [program] }) =>
    isThereAnyway(program) ? [] : [`binary ${comesWith[program] ?? program}`],
  ),
  ...(nftables === '' ? [] : ['nftables', 'binary nft']),
];

const keyOf = ({ kind, name }: Requirement): string => (kind === 'nftables' ? kind : `${kind} ${name}`);

for (const name of strategies.keys())
  test(`${name} asks for all that it uses`, (t) => {
    const all = plans(name);
    t.true(all.length > 0);
    for (const { nodes, requirements, scenario } of all) {
      const asked = new Set(requirements.map(keyOf));
      const unasked = new Set(nodes.flatMap(uses).filter((one) => !asked.has(one)));
      t.deepEqual([...unasked], [], JSON.stringify([scenario.strategy.parameters, scenario.cluster.underlay]));
    }
  });

test('each thing that a strategy needs is told when it alone is missing, with what to do', async (t) => {
  const capabilities = await probeCapabilities();
  const all = [...strategies.values()].flatMap((strategy) => {
    const { requirements, choices } = needsOf(strategy, availableOf(capabilities));
    return [...requirements, ...choices.flatMap((choice) => choice.requirements)];
  });
  const nowhere = missing([...all, ...scenarioChoices().flatMap(({ requirements }) => requirements)], {
    ...capabilities,
    features: capabilities.features.map(({ name }) => ({ name, available: false, detail: 'no', remedy: 'get it' })),
    binaries: capabilities.binaries.map((binary) => ({ ...binary, version: undefined, remedy: 'get it' })),
  });
  t.is(nowhere.length, all.length + scenarioChoices().flatMap(({ requirements }) => requirements).length);
  for (const { requirement, detail, remedy, why } of nowhere) {
    t.notRegex(detail, /was not tried/u, requirement);
    t.not(remedy, '', requirement);
    t.not(why, '', requirement);
  }
});
