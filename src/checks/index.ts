/** Every check, in no particular order: reports follow the order of the promises. */
import { addressCapacity } from './address-capacity.js';
import { broadcastDomain } from './broadcast-domain.js';
import { containerToContainer } from './container-to-container.js';
import { containerToHost } from './container-to-host.js';
import type { Check } from './contract.js';
import { crossesRouters } from './crosses-routers.js';
import { dualStack } from './dual-stack.js';
import { egress } from './egress.js';
import { encrypted } from './encrypted.js';
import { hostToContainer } from './host-to-container.js';
import { infrastructureFree } from './infrastructure-free.js';
import { isolation } from './isolation.js';
import { lanReachable } from './lan-reachable.js';
import { leaseHygiene } from './lease-hygiene.js';
import { loopFree } from './loop-free.js';
import { names } from './names.js';
import { nativePorts } from './native-ports.js';
import { noNat } from './no-nat.js';
import { pathMtu } from './path-mtu.js';
import { serviceDiscovery } from './service-discovery.js';
import { survivesHostLoss } from './survives-host-loss.js';
import { survivesLinkLoss } from './survives-link-loss.js';
import { survivesReboot } from './survives-reboot.js';
import { throughput } from './throughput.js';
import { uniqueAddress } from './unique-address.js';

export const checks: readonly Check[] = [
  uniqueAddress,
  containerToContainer,
  hostToContainer,
  containerToHost,
  lanReachable,
  noNat,
  nativePorts,
  pathMtu,
  throughput,
  egress,
  crossesRouters,
  broadcastDomain,
  loopFree,
  isolation,
  encrypted,
  dualStack,
  names,
  leaseHygiene,
  serviceDiscovery,
  survivesLinkLoss,
  survivesHostLoss,
  survivesReboot,
  addressCapacity,
  infrastructureFree,
];
