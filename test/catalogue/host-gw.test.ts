import { proveAll } from './prove.js';

await proveAll('host-gw');
