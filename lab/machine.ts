/** The machine that labs run on: what its own network is like, and the proof that a lab has left nothing on it. */
export { type Environment, readEnvironment } from './machine/environment.js';
export { HeldNamespaces } from './machine/held-namespaces.js';
export { type LeakProof, proveClean } from './machine/leaks.js';
export { type MachineSnapshot, snapshotMachine } from './machine/snapshot.js';
