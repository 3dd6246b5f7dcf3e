import { proveAll } from './prove.js';

await proveAll('encrypted-overlay');
