/** All of them, by the file of tests that tries them. */
import type { BrokenLab } from '../broken-lab.js';
import { bgp } from './bgp.js';
import { bridgeL2Egress } from './bridge-l2-egress.js';
import { bridgeL2Frames } from './bridge-l2-frames.js';
import { bridgeL2 } from './bridge-l2.js';
import { dhcp } from './dhcp.js';
import { discovery } from './discovery.js';
import { encryptedOverlay } from './encrypted-overlay.js';
import { hostGw } from './host-gw.js';
import { lans } from './lans.js';
import { outages } from './outages.js';
import { ovsGre } from './ovs-gre.js';
import { portMapping } from './port-mapping.js';
import { vxlan } from './vxlan.js';

export const brokenLabs = {
  bgp,
  'bridge-l2': bridgeL2,
  'bridge-l2-egress': bridgeL2Egress,
  'bridge-l2-frames': bridgeL2Frames,
  dhcp,
  discovery,
  'encrypted-overlay': encryptedOverlay,
  'host-gw': hostGw,
  lans,
  outages,
  'ovs-gre': ovsGre,
  'port-mapping': portMapping,
  vxlan,
} as const satisfies Readonly<Record<string, readonly BrokenLab[]>>;
