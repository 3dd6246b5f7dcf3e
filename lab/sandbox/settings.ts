import type { Locks } from '../machine/lock.js';

/** What a sandbox is told by its starter, in one environment variable: who it is and which descriptors it has been lent. */
export interface SandboxSettings {
  /** Carried by everything that belongs to the run: the word to look for when proving that nothing is left. */
  readonly mark: string;
  /** Descriptor of the channel to the starter. */
  readonly channelFd: number;
  readonly neighbourLock: Locks;
  readonly measurementLock: Locks;
  /** Descriptor of the /proc in which the holders of those locks are seen. */
  readonly procFd: number;
  /** Path of the control socket of a lab that stays up; absent for a run. */
  readonly controlSocket?: string;
}

export const MARK_VARIABLE = 'NETLAB_MARK';
export const SETTINGS_VARIABLE = 'NETLAB_SANDBOX';
