import { proveAll } from './prove.js';

await proveAll('bridge-l2-frames');
