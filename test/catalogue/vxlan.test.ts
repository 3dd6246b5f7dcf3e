import { prove } from './broken-lab.js';
import { vxlan } from './labs/vxlan.js';

prove(vxlan);
