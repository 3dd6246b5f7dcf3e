import { LabError } from '#lab/errors.js';
import { bgp } from './bgp.js';
import { bridgeL2 } from './bridge-l2.js';
import type { Strategy } from './contract.js';
import { dhcp } from './dhcp.js';
import { encryptedOverlay } from './encrypted-overlay.js';
import { hostGw } from './host-gw.js';
import { hostNetwork } from './host-network.js';
import { macvlan } from './macvlan.js';
import { ovsGre } from './ovs-gre.js';
import { portMapping } from './port-mapping.js';
import { routableLan } from './routable-lan.js';
import { vxlan } from './vxlan.js';

const known: readonly Strategy[] = [
  bridgeL2,
  routableLan,
  macvlan,
  dhcp,
  hostGw,
  bgp,
  vxlan,
  ovsGre,
  encryptedOverlay,
  portMapping,
  hostNetwork,
];

/** Every strategy by its name. */
export const strategies: ReadonlyMap<string, Strategy> = new Map(known.map((strategy) => [strategy.name, strategy]));

/** @throws LabError that lists the known strategies when there is none of that name */
export function findStrategy(name: string): Strategy {
  const strategy = strategies.get(name);
  if (strategy !== undefined) return strategy;
  throw new LabError(`there is no strategy ${JSON.stringify(name)}; known: ${[...strategies.keys()].join(', ')}`);
}
