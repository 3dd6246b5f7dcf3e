/** Every check, in no particular order: reports follow the order of the promises. */
import { containerToContainer } from './container-to-container.js';
import { containerToHost } from './container-to-host.js';
import type { Check } from './contract.js';
import { dualStack } from './dual-stack.js';
import { egress } from './egress.js';
import { hostToContainer } from './host-to-container.js';
import { lanReachable } from './lan-reachable.js';
import { nativePorts } from './native-ports.js';
import { noNat } from './no-nat.js';
import { uniqueAddress } from './unique-address.js';

export const checks: readonly Check[] = [
  uniqueAddress,
  containerToContainer,
  hostToContainer,
  containerToHost,
  lanReachable,
  noNat,
  nativePorts,
  egress,
  dualStack,
];
