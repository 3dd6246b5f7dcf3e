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
  'crosses-routers',
  'broadcast-domain',
  'loop-free',
  'encrypted',
  'isolation',
  'dual-stack',
  'names',
  'service-discovery',
  'lease-hygiene',
  'survives-link-loss',
  'survives-host-loss',
  'survives-reboot',
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

export const promised = (why: string): Declaration => ({ declared: 'promised', why });
export const absent = (why: string): Declaration => ({ declared: 'absent', why });
export const silent = (why: string): Declaration => ({ declared: 'silent', why });
