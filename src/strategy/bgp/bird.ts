/** BIRD on one node: its configuration, and what it is expected to do (BIRD 2 User's Guide, chapters 3 and 6). */
import { type RoutingSession, type ServiceState, serviceFolder } from '#lab/state.js';
import { interfaceName } from '../interface-name.js';
import { type Dual, families } from '../underlay.js';
import type { Neighbour, PrefixesOf, Speaker } from './speakers.js';

/** The protocols' timers, and what else all sessions have in common. */
export interface SessionChoice {
  /** RFC 4271, 4.2: without a word of the neighbour for so long, it and its routes are gone. */
  readonly holdSeconds: number;
  readonly keepaliveSeconds: number;
  readonly bfd: boolean;
  readonly bfdIntervalMs: number;
  readonly bfdMultiplier: number;
  /** TCP MD5 signatures (RFC 2385). */
  readonly password?: string | undefined;
}

/** Where a node's own prefixes come from: the subnet of an interface, or routes that others have put into its kernel. */
export type Origin = { readonly interface: string } | 'kernel' | 'none';

export interface BirdOptions {
  readonly speaker: Speaker;
  readonly origin: Origin;
  readonly sessions: SessionChoice;
  /** Only what lies in the cluster's network is told or believed. */
  readonly network: Dual;
  readonly prefixesOf: PrefixesOf;
}

type Family = 'ipv4' | 'ipv6';

/**
 * How soon a session is tried again, in seconds. BIRD's own (5, 120, 60 to 300) are meant for the internet, where a
 * neighbour that refuses is not asked again too soon.
 */
export const retrySeconds = { connectDelay: 1, connectRetry: 2, errorWait: 1, longestErrorWait: 4 } as const;
/** As Calico's: a route that the kernel drops with its interface is told to nobody. */
const scanSeconds = 2;
const times = { readyTimeoutMs: 30_000, stopGraceMs: 3_000 } as const;

/** BIRD in the foreground, everything of it below its folder. */
export function birdService(options: BirdOptions): ServiceState {
  const { speaker, prefixesOf } = options;
  const folder = serviceFolder(speaker.name, 'bird');
  const [config, control] = [`${folder}/bird.conf`, `${folder}/bird.ctl`];
  const sessions = speaker.neighbours.flatMap((neighbour) => sessionsWith(neighbour, prefixesOf));
  return {
    name: 'bird',
    argv: ['bird', '-f', '-c', config, '-s', control, '-P', `${folder}/bird.pid`],
    files: { [config]: configuration(options) },
    ready: { kind: 'log', pattern: 'Started' },
    ...times,
    usualPaths: { '/run/bird': folder, '/etc/bird/bird.conf': config },
    routing: { program: 'bird', control, sessions, learns: speaker.learns },
  };
}

function sessionsWith({ name, address, hears }: Neighbour, prefixesOf: PrefixesOf): readonly RoutingSession[] {
  const told = hears.flatMap(prefixesOf);
  return familiesOf(address).map((family) => ({
    name: sessionName(name, family),
    peer: name,
    neighbour: address[family] ?? '',
    announces: told.flatMap((prefix) => prefix[family] ?? []),
  }));
}

/** Of characters that BIRD allows in a quoted symbol, and shorter than its longest. */
function sessionName(peer: string, family: Family): string {
  return `${interfaceName('', peer).replace('~', '_')}_${family}`;
}

function familiesOf(address: Dual): readonly Family[] {
  return families(address).length === 2 ? ['ipv4', 'ipv6'] : ['ipv4'];
}

function configuration(options: BirdOptions): string {
  const { speaker, network, sessions } = options;
  const present = familiesOf(network);
  return [
    'log stderr all;',
    `router id ${speaker.routerId};`,
    '',
    ...present.map((family) => ownFilter(options, family)),
    '',
    `protocol device { scan time ${scanSeconds}; }`,
    ...directProtocol(options, present),
    ...present.map((family) => kernelProtocol(options, family)),
    ...(sessions.bfd ? [bfdProtocol(sessions)] : []),
    '',
    template(options),
    ...speaker.neighbours.flatMap((neighbour) => present.map((family) => sessionProtocol(options, neighbour, family))),
    '',
  ].join('\n');
}

/** Nothing else is told to neighbours, and nothing else is believed of them (RFC 8212 asks for a policy both ways). */
function ownFilter({ network }: BirdOptions, family: Family): string {
  return `function in_cluster_${family}() { return net ~ [ ${network[family]}+ ]; }`;
}

function directProtocol({ origin }: BirdOptions, present: readonly Family[]): readonly string[] {
  if (typeof origin === 'string') return [];
  return [
    `protocol direct slices { ${present.map((family) => `${family}; `).join('')}interface "${origin.interface}"; }`,
  ];
}

function kernelProtocol({ origin }: BirdOptions, family: Family): string {
  const learns = origin === 'kernel';
  return `protocol kernel kernel_${family} {
  scan time ${scanSeconds};
  merge paths yes;${learns ? '\n  learn yes;' : ''}
  ${family} {
    import ${learns ? `where in_cluster_${family}()` : 'none'};
    export where source = RTS_BGP;
  };
}`;
}

function bfdProtocol({ bfdIntervalMs, bfdMultiplier }: SessionChoice): string {
  return `protocol bfd {
  accept direct;
  interface "eth*" { interval ${bfdIntervalMs} ms; multiplier ${bfdMultiplier}; };
}`;
}

function template({ speaker, sessions }: BirdOptions): string {
  const { holdSeconds, keepaliveSeconds, bfd, password } = sessions;
  const { connectDelay, connectRetry, errorWait, longestErrorWait } = retrySeconds;
  return `template bgp neighbours {
  local as ${speaker.as};
  hold time ${holdSeconds};
  keepalive time ${keepaliveSeconds};
  connect delay time ${connectDelay};
  connect retry time ${connectRetry};
  error wait time ${errorWait}, ${longestErrorWait};${bfd ? '\n  bfd yes;' : ''}${password === undefined ? '' : `\n  password "${password}";`}
}`;
}

function sessionProtocol({ origin }: BirdOptions, { name, as, address }: Neighbour, family: Family): string {
  const own = origin === 'none' ? 'source = RTS_BGP' : 'source != RTS_BGP';
  return `protocol bgp '${sessionName(name, family)}' from neighbours {
  neighbor ${address[family]} as ${as};
  ${family} {
    import where in_cluster_${family}();
    export where ${own} && in_cluster_${family}();
  };
}`;
}
