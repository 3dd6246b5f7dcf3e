/** Sockets in the network namespace that this process was started in. */
import { NetworkNamespace } from './kernel/namespace.js';
import { nodeSockets } from './sockets/node-sockets.js';
import type { NodeSockets } from './sockets.js';

export const socketsHere = (): NodeSockets => nodeSockets(NetworkNamespace.current());
