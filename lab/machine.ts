/** The machine that labs run on: what its own network is like, and the proof that a lab has left nothing on it. */
export { readEnvironment } from './machine/environment.js';
export { proveClean } from './machine/leaks.js';
export { type MachineSnapshot, snapshotMachine } from './machine/snapshot.js';
