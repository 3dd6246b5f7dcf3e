import { proveAll } from './prove.js';

await proveAll('lans');
