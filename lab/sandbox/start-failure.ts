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

/** Without root the usual reason is that the machine forbids user namespaces: say which setting does, and what to do. */
export function endedAtStart(how: string, stderr: string): LabError {
  if (!mayMakeNamespaces() && stderr.includes('unshare')) {
    const { detail, remedy } = explainUserNamespaces(stderr);
    return new LabError(`netlab without root needs user namespaces, and cannot have them here: ${detail}`, { remedy });
  }
  return new LabError(`the sandbox ended at its start (${how})${stderr === '' ? '' : `: ${stderr}`}`);
}
