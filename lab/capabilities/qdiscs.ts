/** Queueing disciplines, tried on the loopback of a throw-away namespace. */
import * as c from '../kernel/netlink/constants.js';
import { BodyWriter } from '../kernel/netlink/message.js';
import { addQdisc, type Qdisc, TC_H_INGRESS, TC_H_ROOT, tokenBucket, uint32s } from '../kernel/netlink/qdisc.js';
import type { FeatureProbe } from './feature.js';

const TCA_HTB_INIT = 2;
/** Index of lo in every namespace. */
const LOOPBACK = 1;

/** `struct tc_netem_qopt`: latency, limit (packets), loss, gap, duplicate, jitter. */
const netem = uint32s([0, 1000, 0, 0, 0, 0]);
/** `struct tc_htb_glob`: version 3, rate2quantum 10, default class, debug, direct packets. */
const htb = new BodyWriter().bytes(TCA_HTB_INIT, uint32s([3, 10, 0, 0, 0])).finish();

const qdiscs: readonly Qdisc[] = [
  { kind: 'netem', parent: TC_H_ROOT, options: netem },
  tokenBucket({ bytesPerSecond: 1_000_000, burstBytes: 100_000, queueBytes: 100_000 }),
  { kind: 'htb', parent: TC_H_ROOT, options: htb },
  { kind: 'ingress', parent: TC_H_INGRESS },
  { kind: 'fq_codel', parent: TC_H_ROOT },
];

export const qdiscProbes: readonly FeatureProbe[] = qdiscs.map((qdisc) => ({
  name: `qdisc:${qdisc.kind}`,
  module: `sch_${qdisc.kind}`,
  // One after the other at the same root.
  make: ({ socket }) =>
    socket.execute([{ ...addQdisc(LOOPBACK, 'lo', qdisc), flags: c.NLM_F_CREATE | c.NLM_F_REPLACE }]),
}));
