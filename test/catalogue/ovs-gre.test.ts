import { prove } from './broken-lab.js';
import { ovsGre } from './labs/ovs-gre.js';

await prove(ovsGre);
