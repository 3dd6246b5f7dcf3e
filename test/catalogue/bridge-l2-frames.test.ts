import { prove } from './broken-lab.js';
import { bridgeL2Frames } from './labs/bridge-l2-frames.js';

await prove(bridgeL2Frames);
