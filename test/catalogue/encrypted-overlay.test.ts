import { prove } from './broken-lab.js';
import { encryptedOverlay } from './labs/encrypted-overlay.js';

await prove(encryptedOverlay);
