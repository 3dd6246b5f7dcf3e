import { LabError } from '../errors.js';
import type { SwitchState } from '../service-state.js';
import type { NodeState } from '../state.js';
import type { NodeSwitches } from '../switches.js';
import { countSwitchPorts, forgetSwitchAddresses, observeSwitches, openSwitchPort } from './openvswitch.js';

/** @param stateOf gives the node's state, to which services may be added later */
export function nodeSwitches(stateOf: () => NodeState): NodeSwitches {
  const all = () => stateOf().services.flatMap((service) => service.switch ?? []);
  return {
    observe: async () => (await Promise.all(all().map(observeSwitches))).flat(),
    count: async () => (await Promise.all(all().map(countSwitchPorts))).flat(),
    forgetPaths: async () => void (await Promise.all(all().map(forgetIfAlive))),
    open: async (port, isOpen) => {
      const owner = all().flatMap((one) => one.bridges.map((bridge) => ({ one, bridge })));
      const found = owner.find(({ bridge }) => bridge.ports.some(({ name }) => name === port));
      if (found === undefined) throw new LabError(`${stateOf().name}: no switch has a port ${port}`);
      await openSwitchPort(found.one, found.bridge, port, isOpen);
    },
  };
}

/** A daemon that is gone has forgotten everything. */
async function forgetIfAlive(state: SwitchState): Promise<void> {
  try {
    await forgetSwitchAddresses(state);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
  }
}
