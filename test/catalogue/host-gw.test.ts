import { prove } from './broken-lab.js';
import { hostGw } from './labs/host-gw.js';

await prove(hostGw);
