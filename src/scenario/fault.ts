/** What can be broken on purpose: plain data, as scenarios and `netlab break` say it. */

/** An interface of a node: `h1:eth1`. */
export type LinkName = string;

export interface LinkDown {
  readonly fault: 'link-down';
  readonly at: LinkName;
  /** `cable`: pulled out, the interface stays up without a carrier; `interface`: switched off, with all that stands on it. */
  readonly how: 'cable' | 'interface';
}

export interface HostCrash {
  readonly fault: 'host-crash';
  readonly host: string;
}

/** Switches forward nothing between the groups. */
export interface Partition {
  readonly fault: 'partition';
  readonly groups: ReadonlyArray<readonly string[]>;
}

export interface Loss {
  readonly fault: 'loss';
  readonly at: LinkName;
  readonly percent: number;
  /** As the node sees it. */
  readonly direction: 'in' | 'out';
}

export interface Rate {
  readonly fault: 'rate';
  readonly at: LinkName;
  readonly kbitPerSecond: number;
  readonly direction: 'in' | 'out';
}

export interface MtuShrink {
  readonly fault: 'mtu';
  readonly at: LinkName;
  readonly mtuBytes: number;
}

export interface IcmpFiltered {
  readonly fault: 'icmp-filtered';
  readonly node: string;
}

export interface DaemonKilled {
  readonly fault: 'daemon-killed';
  readonly node: string;
  readonly service: string;
}

export interface DhcpGone {
  readonly fault: 'dhcp-gone';
}

export type FaultSpec =
  | LinkDown
  | HostCrash
  | Partition
  | Loss
  | Rate
  | MtuShrink
  | IcmpFiltered
  | DaemonKilled
  | DhcpGone;

export type FaultName = FaultSpec['fault'];

/** What a fault is told, in the order in which the command line takes it. */
export const faultArguments = {
  'link-down': ['at', 'how'],
  'host-crash': ['host'],
  partition: ['groups'],
  loss: ['at', 'percent', 'direction'],
  rate: ['at', 'kbitPerSecond', 'direction'],
  mtu: ['at', 'mtuBytes'],
  'icmp-filtered': ['node'],
  'daemon-killed': ['node', 'service'],
  'dhcp-gone': [],
} as const satisfies Readonly<Record<FaultName, readonly string[]>>;

export const faultNames = Object.keys(faultArguments) as readonly FaultName[];

/** As the command line takes it: `loss h1:eth1 20 out`, `partition h1,h2 h3`. */
export function faultText(spec: FaultSpec): string {
  const values = spec as unknown as Readonly<Record<string, unknown>>;
  const words = faultArguments[spec.fault].map((argument) => values[argument]).map(wordOf);
  return [spec.fault, ...words].join(' ');
}

function wordOf(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value.map((group) => (Array.isArray(group) ? group.join(',') : String(group))).join(' ');
}

/** The two parts of `h1:eth1`. */
export function splitLink(name: LinkName): { readonly node: string; readonly link: string } {
  const [node = '', link = ''] = name.split(':');
  return { node, link };
}

/** As the command line takes it: `link-down NODE:LINK [cable|interface]`. */
export function usageOf(name: FaultName): string {
  return `${name}${faultArguments[name].map((argument) => ` ${placeholders[argument]}`).join('')}`;
}

const placeholders = {
  at: 'NODE:LINK',
  how: '[cable|interface]',
  host: 'HOST',
  groups: 'HOST,... HOST,...',
  percent: 'PERCENT',
  direction: '[in|out]',
  kbitPerSecond: 'KBIT_PER_SECOND',
  mtuBytes: 'BYTES',
  node: 'NODE',
  service: 'SERVICE',
} as const;
