import { prove } from './broken-lab.js';
import { vxlan } from './labs/vxlan.js';

await prove(vxlan);
