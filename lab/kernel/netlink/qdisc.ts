/** Queueing disciplines of links (RTM_*QDISC, linux/pkt_sched.h, linux/rtnetlink.h). */
import type { RateLimit } from '../../lab.js';
import * as c from './constants.js';
import { BodyWriter, type Request } from './message.js';

const RTM_NEWQDISC = 36;
const RTM_DELQDISC = 37;
const TCA_KIND = 1;
const TCA_OPTIONS = 2;
const TCA_TBF_PARMS = 1;
const TCA_TBF_BURST = 6;
const TC_LINKLAYER_ETHERNET = 1;
/** `struct tc_ratespec` of the peak rate, which is not limited. */
const NO_PEAK = Buffer.alloc(12);

export const TC_H_ROOT = 0xffffffff;
export const TC_H_INGRESS = 0xfffffff1;

/** One that is to be made. */
export interface Qdisc {
  readonly kind: string;
  /** {@link TC_H_ROOT} or {@link TC_H_INGRESS}. */
  readonly parent: number;
  readonly options?: Buffer;
}

/** Gives a link a queueing discipline. Refused with EEXIST where somebody has given it one already. */
export function addQdisc(index: number, link: string, { kind, parent, options }: Qdisc): Request {
  const body = new BodyWriter().fixed(header(index, parent)).text(TCA_KIND, kind);
  if (options !== undefined) body.bytes(TCA_OPTIONS, options);
  const flags = c.NLM_F_CREATE | c.NLM_F_EXCL;
  return { type: RTM_NEWQDISC, flags, body: body.finish(), object: `queueing discipline ${kind} for ${link}` };
}

/** Takes away the one at the root that somebody has given it: what the kernel gives is there again. */
export function removeRootQdisc(index: number, link: string): Request {
  return {
    type: RTM_DELQDISC,
    flags: 0,
    body: header(index, TC_H_ROOT),
    object: `queueing discipline of ${link}`,
  };
}

/** As links tell it. */
export const tokenBucketName = 'tbf';

/** A token bucket (tbf): what does not fit its queue is dropped. */
export function tokenBucket({ bytesPerSecond, burstBytes, queueBytes }: RateLimit): Qdisc {
  // struct tc_tbf_qopt: rate, peak rate, limit, buffer (told in bytes below), MTU.
  const rate = uint32s([TC_LINKLAYER_ETHERNET << 8, 0, bytesPerSecond]);
  const parameters = Buffer.concat([rate, NO_PEAK, uint32s([queueBytes, 0, 0])]);
  const options = new BodyWriter().bytes(TCA_TBF_PARMS, parameters).u32(TCA_TBF_BURST, burstBytes).finish();
  return { kind: tokenBucketName, parent: TC_H_ROOT, options };
}

/** In the machine's byte order. */
export function uint32s(values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32LE(value, index * 4));
  return buffer;
}

/** `struct tcmsg`: family, padding, interface index, handle, parent, info. */
function header(index: number, parent: number): Buffer {
  return uint32s([0, index, 0, parent, 0]);
}
