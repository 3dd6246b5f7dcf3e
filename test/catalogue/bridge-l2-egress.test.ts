import { prove } from './broken-lab.js';
import { bridgeL2Egress } from './labs/bridge-l2-egress.js';

await prove(bridgeL2Egress);
