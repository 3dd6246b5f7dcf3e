import { proveAll } from './prove.js';

await proveAll('ovs-gre');
