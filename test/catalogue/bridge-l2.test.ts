import { prove } from './broken-lab.js';
import { bridgeL2 } from './labs/bridge-l2.js';

await prove(bridgeL2);
