import { proveAll } from './prove.js';

await proveAll('port-mapping');
