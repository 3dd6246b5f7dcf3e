/** Why a sandbox did not start, in words that help. */
import { explainUserNamespaces } from '../capabilities/user-namespaces.js';
import { LabError } from '../errors.js';
import { mayMakeNamespaces } from '../machine/environment.js';

export function notStarted(words: string, cause: unknown): LabError {
  return new LabError(`the sandbox cannot be started: ${words}`, {
    cause,
    remedy: 'Install the Debian package util-linux.',
  });
}

/**
 * `unshare` ends as its child has ended. That does not work for SIGKILL, of which it then complains (sys-utils/unshare.c of
 * util-linux: signal(2) refuses it).
 */
export const wasKilled = (stderr: string): boolean => /unshare: sigprocmask unblock failed/u.test(stderr);

/** @param when `before it answered` */
export function killed(when: string): LabError {
  return new LabError(`process 1 of the lab was killed (SIGKILL) ${when}`, {
    remedy:
      'If nobody did that, the kernel was out of memory: see what dmesg says, make the scenario smaller, run again.',
  });
}

/** Without root the usual reason is that the machine forbids user namespaces: say which setting does, and what to do. */
export function endedAtStart(how: string, stderr: string): LabError {
  if (wasKilled(stderr)) return killed('before it was ready');
  if (!mayMakeNamespaces() && stderr.includes('unshare')) {
    const { detail, remedy } = explainUserNamespaces(stderr);
    return new LabError(`netlab without root needs user namespaces, and cannot have them here: ${detail}`, { remedy });
  }
  return new LabError(`the sandbox ended at its start (${how})${stderr === '' ? '' : `: ${stderr}`}`);
}
