/** Limits of what leaves by a link. */
import { addQdisc, removeRootQdisc, tokenBucket, tokenBucketName } from '../kernel/netlink/qdisc.js';
import type { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { RateLimit } from '../lab.js';
import { readLinks } from './observe.js';

/** Limits it, or ends a limit where there is one. @throws NetlinkError in the kernel's words */
export function changeRate(netlink: NetlinkSocket, link: string, limit: RateLimit | undefined): void {
  const found = readLinks(netlink).find(({ name }) => name === link);
  const index = found?.index ?? 0;
  if (limit !== undefined) netlink.execute([addQdisc(index, link, tokenBucket(limit))]);
  else if (found?.queueing === tokenBucketName) netlink.execute([removeRootQdisc(index, link)]);
}
