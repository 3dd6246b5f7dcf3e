import { prove } from './broken-lab.js';
import { lans } from './labs/lans.js';

await prove(lans);
