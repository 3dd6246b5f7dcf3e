/** Queueing disciplines, tried on the loopback of a throw-away namespace (linux/pkt_sched.h, rtnetlink.h). */
import * as c from '../kernel/netlink/constants.js';
import { BodyWriter } from '../kernel/netlink/message.js';
import type { Bench, FeatureProbe } from './feature.js';

const RTM_NEWQDISC = 36;
const TCA_KIND = 1;
const TCA_OPTIONS = 2;
const TC_H_ROOT = 0xffffffff;
const TC_H_INGRESS = 0xfffffff1;
const TCA_TBF_PARMS = 1;
const TCA_HTB_INIT = 2;
/** Index of lo in every namespace. */
const LOOPBACK = 1;
const TC_LINKLAYER_ETHERNET = 1;

/** `struct tc_netem_qopt`: latency, limit (packets), loss, gap, duplicate, jitter. */
const netem = numbers([0, 1000, 0, 0, 0, 0]);
/** `struct tc_htb_glob`: version 3, rate2quantum 10, default class, debug, direct packets. */
const htb = new BodyWriter().bytes(TCA_HTB_INIT, numbers([3, 10, 0, 0, 0])).finish();
const tbf = new BodyWriter().bytes(TCA_TBF_PARMS, tbfParameters()).finish();

interface Qdisc {
  readonly kind: string;
  readonly parent: number;
  readonly options?: Buffer;
}

const qdiscs: readonly Qdisc[] = [
  { kind: 'netem', parent: TC_H_ROOT, options: netem },
  { kind: 'tbf', parent: TC_H_ROOT, options: tbf },
  { kind: 'htb', parent: TC_H_ROOT, options: htb },
  { kind: 'ingress', parent: TC_H_INGRESS },
  { kind: 'fq_codel', parent: TC_H_ROOT },
];

export const qdiscProbes: readonly FeatureProbe[] = qdiscs.map((qdisc) => ({
  name: `qdisc:${qdisc.kind}`,
  module: `sch_${qdisc.kind}`,
  make: (bench) => makeQdisc(bench, qdisc),
}));

function makeQdisc({ socket }: Bench, { kind, parent, options }: Qdisc): void {
  // struct tcmsg: family, padding, interface index, handle, parent, info.
  const header = numbers([0, LOOPBACK, 0, parent, 0]);
  const body = new BodyWriter().fixed(header).text(TCA_KIND, kind);
  if (options !== undefined) body.bytes(TCA_OPTIONS, options);
  socket.execute([
    {
      type: RTM_NEWQDISC,
      flags: c.NLM_F_CREATE | c.NLM_F_REPLACE,
      body: body.finish(),
      object: `queueing discipline ${kind}`,
    },
  ]);
}

/** `struct tc_tbf_qopt`: two `struct tc_ratespec` (here 1 MB/s, and no peak rate), limit, buffer, MTU. */
function tbfParameters(): Buffer {
  const rate = numbers([TC_LINKLAYER_ETHERNET << 8, 0, 1_000_000]);
  return Buffer.concat([rate, Buffer.alloc(12), numbers([100_000, 1_000_000, 0])]);
}

function numbers(values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32LE(value, index * 4));
  return buffer;
}
