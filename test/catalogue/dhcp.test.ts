import { prove } from './broken-lab.js';
import { dhcp } from './labs/dhcp.js';

await prove(dhcp);
