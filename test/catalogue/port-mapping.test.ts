import { prove } from './broken-lab.js';
import { portMapping } from './labs/port-mapping.js';

await prove(portMapping);
