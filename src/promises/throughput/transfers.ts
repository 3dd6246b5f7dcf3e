/** What the transfers of a measurement were like. */
import type { TransferRequest, TransferResult } from '../../probes/bulk-transfer.js';
import type { SlowTransfer } from '../../probes/slow-transfers.js';
import type { TunnelBytes } from '../../probes/tunnel-bytes.js';

export const BYTES = 4 * 1024 * 1024;

export interface Run {
  readonly results: readonly TransferResult[];
  /** Those that carried next to nothing, and did so again. */
  readonly slow: readonly SlowTransfer[];
  /** What tunnels of daemons carried meanwhile; empty where there are none. */
  readonly tunnels: TunnelBytes;
  readonly lagMs: number;
  /** No other user's lab had the turn at measuring as well. */
  readonly isAlone: boolean;
}

/** `h1c1 -> h2c1` */
export const pairName = ({ from, to }: TransferRequest): string => `${from.node} -> ${to.node}`;
