import { closeSync, openSync } from 'node:fs';
import { LabError } from '../errors.js';
import type { TunLink } from '../state.js';
import { systemCall } from './libc.js';
import type { NetworkNamespace } from './namespace.js';

/** linux/if_tun.h */
const TUNSETIFF = 0x400454ca;
const TUNSETPERSIST = 0x400454cb;
const IFF_TUN = 0x1;
const IFF_TAP = 0x2;
const IFF_NO_PI = 0x1000;
/** `struct ifreq` on 64-bit machines. */
const IFREQ_BYTES = 40;
const IFNAMSIZ = 16;

/**
 * Makes a persistent tun or tap device in a namespace. The kernel picks its index.
 * @throws LabError when /dev/net/tun is missing or not for this user
 */
export function createTun(namespace: NetworkNamespace, node: string, link: TunLink): void {
  const request = Buffer.alloc(IFREQ_BYTES);
  request.write(link.name, 0, IFNAMSIZ - 1, 'latin1');
  request.writeUInt16LE((link.mode === 'tap' ? IFF_TAP : IFF_TUN) | IFF_NO_PI, IFNAMSIZ);
  // The device belongs to the namespace in which /dev/net/tun was opened, wherever the rest happens.
  namespace.run(() => {
    const device = openTun(node, link);
    try {
      systemCall('ioctl', device, TUNSETIFF, request);
      systemCall('ioctl', device, TUNSETPERSIST, Buffer.from([1]));
    } finally {
      closeSync(device);
    }
  });
}

function openTun(node: string, link: TunLink): number {
  try {
    return openSync('/dev/net/tun', 'r+');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new LabError(`${node}: ${link.name} (${link.mode}) needs /dev/net/tun, which cannot be opened (${code})`, {
      cause,
      remedy:
        code === 'EACCES'
          ? 'Run netlab as root, or give this user read and write access to /dev/net/tun.'
          : 'Load the module: modprobe tun',
    });
  }
}
