import { prove } from './broken-lab.js';
import { outages } from './labs/outages.js';

await prove(outages);
