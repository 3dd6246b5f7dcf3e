import { prove } from './broken-lab.js';
import { bgp } from './labs/bgp.js';

await prove(bgp);
