/** ovs-gre on wires of other sizes, by each kind of tunnel, over both families. */
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict } from '../promises/findings.js';

/** What takes no time to converge, in the datapath that every kernel has. */
const quick = { datapath: 'userspace', mesh: 'star', stp: 'off' } as const;

for (const { name, ...shape } of [
  { name: 'GRE on a wire of 1400', mtuBytes: 1400, parameters: {} },
  { name: 'GRE on a wire of 1400, over IPv6', mtuBytes: 1400, underlay: { family: 'ipv6' }, parameters: {} },
  {
    name: 'GRE with a key on a wire of 9000, over IPv6',
    mtuBytes: 9000,
    underlay: { family: 'ipv6' },
    parameters: { key: 7 },
  },
  { name: 'VXLAN between routed LANs', underlay: { kind: 'routed' }, parameters: { tunnel: 'vxlan' } },
  {
    name: 'Geneve between routed LANs, over IPv6',
    underlay: { kind: 'routed', family: 'ipv6' },
    parameters: { tunnel: 'geneve', key: 5 },
  },
] as const)
  test.serial(`the predicted MTU is what gets through: ${name}`, async (t) => {
    const parameters = { ...quick, ...shape.parameters };
    const scenario = scenarioOf({ strategy: 'ovs-gre', containers: 1, ...shape, parameters });
    await withLab(planOf(scenario), async (lab) => {
      for (const promise of ['path-mtu', 'egress'] as const) assertVerdict(t, await lab.measure(promise), 'pass');
    });
  });
