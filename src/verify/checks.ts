/** Every check, in no particular order: reports follow the order of the promises. */
import { addressCapacity } from '../promises/address-capacity/address-capacity.js';
import { broadcastDomain } from '../promises/broadcast-domain/broadcast-domain.js';
import { containerToContainer } from '../promises/container-to-container.js';
import { containerToHost } from '../promises/container-to-host.js';
import type { Check } from '../check/contract.js';
import { crossesRouters } from '../promises/crosses-routers/crosses-routers.js';
import { dualStack } from '../promises/dual-stack.js';
import { egress } from '../promises/egress/egress.js';
import { encrypted } from '../promises/encrypted/encrypted.js';
import { hostToContainer } from '../promises/host-to-container.js';
import { infrastructureFree } from '../promises/infrastructure-free.js';
import { isolation } from '../promises/isolation/isolation.js';
import { lanReachable } from '../promises/lan-reachable.js';
import { leaseHygiene } from '../promises/lease-hygiene/lease-hygiene.js';
import { loopFree } from '../promises/loop-free/loop-free.js';
import { names } from '../promises/names/names.js';
import { nativePorts } from '../promises/native-ports/native-ports.js';
import { noNat } from '../promises/no-nat.js';
import { pathMtu } from '../promises/path-mtu/path-mtu.js';
import { serviceDiscovery } from '../promises/service-discovery/service-discovery.js';
import { survivesHostLoss } from '../promises/survives-host-loss.js';
import { survivesLinkLoss } from '../promises/survives-link-loss.js';
import { survivesReboot } from '../promises/survives-reboot.js';
import { throughput } from '../promises/throughput/throughput.js';
import { uniqueAddress } from '../promises/unique-address/unique-address.js';

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
