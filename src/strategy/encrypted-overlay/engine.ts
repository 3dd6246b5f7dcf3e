/** What carries the overlay from host to host, encrypted: tinc, or WireGuard with VXLAN on top. */
import type { FdbState, LinkState, ServiceState } from '#lab/state.js';
import type { Cluster, Host } from '../../cluster/cluster.js';
import type { Declarations } from '../../declaration/promise.js';
import type { Convergence, Infrastructure, MtuPrediction, Recovery, Requirement } from '../contract.js';

/** What an engine adds to a host. */
export interface HostPart {
  /** One of them is a port of the overlay's bridge. */
  readonly links: readonly LinkState[];
  readonly fdb?: readonly FdbState[];
  readonly services: readonly ServiceState[];
  /** An nftables ruleset. */
  readonly nftables?: string;
}

export interface Engine {
  readonly mtu: MtuPrediction;
  readonly infrastructure: Infrastructure;
  readonly requirements: readonly Requirement[];
  readonly convergence: Convergence;
  /** What it says of promises otherwise than the strategy as a whole. */
  readonly promises: Partial<Declarations>;
  onHost(host: Host): HostPart;
}

/** The bridge of the group with that number; one without groups is the first. */
export const bridgeOf = (group: number): string => `br${group}`;

/** Of Ethernet, without the frame check sequence (IEEE 802.3). */
export const ethernetHeaderBytes = 14;

/** Of what carries the tunnels: the IP header without options (RFC 791, RFC 8200) and that of UDP (RFC 768). */
export function outerHeaderBytes({ underlay }: Cluster): number {
  return (underlay.family === 'ipv4' ? 20 : 40) + 8;
}

/** Hosts behind a router that lets nobody in unasked: no tunnel can be opened to them. */
export function isBehindNat({ sites }: Cluster, { site }: Host): boolean {
  return sites[site]?.router?.nat === true;
}

/** Programs start, and on a busy machine keys are read slowly. */
const bootMs = 10_000;

/**
 * Who still holds the connection of before notices that nobody answers, calls again, and asks for the new key. In tinc 1.0.36
 * connections are looked at once in PingTimeout only (main_loop, net.c), and a key is asked for again after 10 s (net_packet.c).
 */
const calledAgain = {
  limitMs: 60_000 + 2 * 5_000 + 5_000 + 5_000 + 10_000 + bootMs,
  why: 'tinc: PingInterval of 60 s, PingTimeout of 5 s, each noticed up to 5 s later, a call within 5 s (tinc.conf(5)), and 10 s until a key is asked for again (net_packet.c)',
} as const;

/** How long containers of a host that has booted may be away. */
export function rebootOf(engine: 'tinc' | 'wireguard', { deadlineMs, why }: Convergence): Recovery {
  return engine === 'tinc' ? calledAgain : { limitMs: deadlineMs + bootMs, why };
}
