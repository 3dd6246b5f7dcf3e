/** What a picture of a network is made of, by name: stored in results, so names stay. */

export const shapeKinds = [
  'bridge',
  'interface',
  'container',
  'outsider',
  'switch',
  'uplink-switch',
  'router',
  'world',
] as const;
export type ShapeKind = (typeof shapeKinds)[number];

/** `lan`: carries the cluster; `uplink`: leads out of it; `inside`: within a host; `forwarding`: routed by the host; `tunnel`: from bridge to bridge over the LAN. */
export const lineKinds = ['lan', 'uplink', 'inside', 'forwarding', 'tunnel'] as const;
export type LineKind = (typeof lineKinds)[number];
