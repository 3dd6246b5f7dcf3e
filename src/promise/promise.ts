/** The promises that a strategy can make, in the order in which reports show them. */
export const promiseNames = [
  'unique-address',
  'container-to-container',
  'host-to-container',
  'container-to-host',
  'lan-reachable',
  'no-nat',
  'native-ports',
  'path-mtu',
  'throughput',
  'egress',
  'broadcast-domain',
  'loop-free',
  'dual-stack',
  'address-capacity',
  'infrastructure-free',
] as const;

export type PromiseName = (typeof promiseNames)[number];

/** What a strategy says of a promise: it makes it, it does not (and why), or it says nothing. */
export interface Declaration {
  readonly declared: 'promised' | 'absent' | 'silent';
  /** Why the promise holds or does not: one sentence, for reports. */
  readonly why: string;
}

export type Declarations = Readonly<Record<PromiseName, Declaration>>;
