/** Policy routing rules (RTM_*RULE, linux/fib_rules.h). */
import type { ObservedRule } from '../../observed.js';
import type { RuleState } from '../../state.js';
import { AF_INET, AF_INET6, formatAddress, packPrefix } from '../address.js';
import * as c from './constants.js';
import { type Attributes, BodyWriter, decodeAttributes, decodeText, type Message, type Request } from './message.js';

/** Size of `struct fib_rule_hdr`. */
const HEADER_BYTES = 12;
/** FR_ACT_* of linux/fib_rules.h, in the words of ip-rule(8). */
const ACTIONS: Readonly<Record<number, string>> = {
  1: 'lookup',
  2: 'goto',
  3: 'nop',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
};

export function addRule(rule: RuleState): Request {
  const from = rule.from === undefined ? undefined : packPrefix(rule.from);
  const to = rule.to === undefined ? undefined : packPrefix(rule.to);
  const header = Buffer.alloc(HEADER_BYTES);
  header.set([rule.family === 'ipv4' ? AF_INET : AF_INET6, to?.length ?? 0, from?.length ?? 0]);
  header.writeUInt8(c.FR_ACT_TO_TBL, 7);
  const body = new BodyWriter().fixed(header);
  if (from !== undefined) body.bytes(c.FRA_SRC, from.bytes);
  if (to !== undefined) body.bytes(c.FRA_DST, to.bytes);
  body.u32(c.FRA_PRIORITY, rule.priority).u32(c.FRA_TABLE, rule.table).u8(c.FRA_PROTOCOL, c.RTPROT_STATIC);
  const flags = c.NLM_F_CREATE | c.NLM_F_EXCL;
  return { type: c.RTM_NEWRULE, flags, body: body.finish(), object: `rule ${rule.priority}` };
}

/** A rule as a dump gives it, with the number of its protocol. */
export interface DumpedRule extends Omit<ObservedRule, 'protocol'> {
  readonly protocol: number;
}

/** Decodes an RTM_NEWRULE message. */
export function decodeRule({ body }: Message): DumpedRule {
  const attributes = decodeAttributes(body, HEADER_BYTES);
  const [from, to] = [attributes.get(c.FRA_SRC), attributes.get(c.FRA_DST)];
  const action = body.readUInt8(7);
  const inverted = (body.readUInt32LE(8) & c.FIB_RULE_INVERT) !== 0;
  return {
    family: body.readUInt8(0) === AF_INET6 ? 'ipv6' : 'ipv4',
    // The kernel leaves a priority of 0 out.
    priority: attributes.get(c.FRA_PRIORITY)?.readUInt32LE(0) ?? 0,
    ...(from === undefined ? {} : { from: `${formatAddress(from)}/${body.readUInt8(2)}` }),
    ...(to === undefined ? {} : { to: `${formatAddress(to)}/${body.readUInt8(1)}` }),
    table: attributes.get(c.FRA_TABLE)?.readUInt32LE(0) ?? body.readUInt8(4),
    action: ACTIONS[action] ?? `action ${action}`,
    conditions: [...(inverted ? ['not'] : []), ...conditions(attributes)],
    protocol: attributes.get(c.FRA_PROTOCOL)?.readUInt8(0) ?? 0,
  };
}

function conditions(attributes: Attributes): readonly string[] {
  const readers: ReadonlyArray<readonly [type: number, name: string, read: (value: Buffer) => string]> = [
    [c.FRA_IIFNAME, 'iif', decodeText],
    [c.FRA_OIFNAME, 'oif', decodeText],
    [c.FRA_FWMARK, 'fwmark', (value) => `${hexadecimal(value)}${maskOf(attributes)}`],
    [c.FRA_IP_PROTO, 'ipproto', (value) => String(value.readUInt8(0))],
    [c.FRA_SPORT_RANGE, 'sport', portRange],
    [c.FRA_DPORT_RANGE, 'dport', portRange],
    [c.FRA_UID_RANGE, 'uidrange', (value) => `${value.readUInt32LE(0)}-${value.readUInt32LE(4)}`],
    // Both are always told; they say nothing when 0, and when -1.
    [c.FRA_L3MDEV, 'l3mdev', (value) => (value.readUInt8(0) === 0 ? '' : 'yes')],
    [c.FRA_SUPPRESS_PREFIXLEN, 'suppress_prefixlength', (value) => nonNegative(value.readInt32LE(0))],
  ];
  return readers.flatMap(([type, name, read]) => {
    const value = attributes.get(type);
    const text = value === undefined ? '' : read(value);
    return text === '' ? [] : [`${name} ${text}`];
  });
}

const hexadecimal = (value: Buffer): string => `0x${value.readUInt32LE(0).toString(16)}`;
const portRange = (value: Buffer): string => `${value.readUInt16LE(0)}-${value.readUInt16LE(2)}`;
const nonNegative = (value: number): string => (value < 0 ? '' : String(value));

function maskOf(attributes: Attributes): string {
  const mask = attributes.get(c.FRA_FWMASK);
  return mask === undefined || mask.readUInt32LE(0) === 0xffffffff ? '' : `/${hexadecimal(mask)}`;
}
