import { prove } from './broken-lab.js';
import { discovery } from './labs/discovery.js';

await prove(discovery);
