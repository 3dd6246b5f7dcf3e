/** Faults that the kernel's packet filter makes: a table of their own each, with counters that tell whether it works. */
import type { LabNode } from '#lab/lab.js';
import type { LinkEnd } from '#lab/state.js';
import { LabError } from '#lab/errors.js';
import type { Requirement } from '../strategy/contract.js';

export const filtering: readonly Requirement[] = [
  { kind: 'nftables', name: 'filter', why: 'drops packets on purpose' },
  { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'loads the rules that drop them' },
];

/** `netdev netlab_loss_eth1_in`: family and name, of characters that nft takes. */
export function tableName(family: 'bridge' | 'inet' | 'netdev', ...words: readonly string[]): string {
  return `${family} netlab_${words.map((word) => word.replaceAll(/\W/gu, '_')).join('_')}`;
}

/** Loads a table in place of one of the same name. @param chains as nft writes them */
export async function loadTable(node: LabNode, table: string, chains: string): Promise<void> {
  await node.changeRules(`${removal(table)}table ${table} {\n${chains}}\n`);
}

/** Without such a table: no error. @throws LabError when it is still there */
export async function removeTable(node: LabNode, table: string): Promise<void> {
  await node.changeRules(removal(table));
  if ((await node.rules(table)) !== undefined)
    throw new LabError(`${node.state.name}: the nftables table ${table} cannot be removed`);
}

/** The first line makes the second one possible where there is none. */
const removal = (table: string): string => `table ${table} {\n}\ndelete table ${table}\n`;

/** Packets that the table has dropped so far, by rules that count them. */
export async function droppedBy(node: LabNode, table: string): Promise<number> {
  const text = (await node.rules(table)) ?? '';
  const counts = text.matchAll(/counter packets (\d+) bytes \d+ drop/gu);
  return [...counts].reduce((sum, [, packets]) => sum + Number(packets), 0);
}

/** IEEE 802 Local Experimental EtherType 1. */
const etherType = 0x88b5;

/**
 * What comes in by one interface is dropped by a rule, before anything else of the node sees it. Only test frames are
 * counted: others that come by while the rule is tried prove nothing of it.
 */
export function ingressChains(link: string, rule: string): string {
  return `  chain lost {
    ether type ${etherType} counter drop
    drop
  }
  chain ingress {
    type filter hook ingress device "${link}" priority filter; policy accept;
    ${rule} goto lost
  }
`;
}

export interface Burst {
  readonly frames: number;
  readonly bytes: number;
  /** Broadcast reaches all of a segment; none of the group of LLDP (IEEE 802.1AB) leaves the cable. */
  readonly to: 'segment' | 'cable';
}

const destinations = { segment: Buffer.alloc(6, 0xff), cable: Buffer.from([0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e]) };
/** Locally administered, and no node's. */
const source = Buffer.from([0x02, 0x00, 0x00, 0x00, 0x88, 0xb5]);

/** Sends frames that nobody answers out of an interface, one right after the other. */
export async function sendBurst(node: LabNode, end: LinkEnd, { frames, ...frame }: Burst): Promise<void> {
  const sender = await frameSender(node, end, frame);
  try {
    // A frame that a full queue refuses is lost like others: what matters is what the filter has counted.
    await sender.send(frames);
  } finally {
    sender.close();
  }
}

export interface FrameSender {
  send(frames: number): Promise<void>;
  /** Sends until a frame is refused, or so many are sent. @returns whether one was refused */
  fill(mostFrames: number): Promise<boolean>;
  close(): void;
}

/** Frames of netlab's own kind, all the same. */
export async function frameSender(
  node: LabNode,
  { link }: LinkEnd,
  { bytes, to }: Omit<Burst, 'frames'>,
): Promise<FrameSender> {
  const frame = Buffer.alloc(Math.max(60, bytes));
  destinations[to].copy(frame, 0);
  source.copy(frame, 6);
  frame.writeUInt16BE(etherType, 12);
  const socket = await node.sockets.packet({ link, etherType });
  const send = async (frames: number): Promise<void> => void (await socket.sendBurst(link, frame, { frames }));
  const fill = async (frames: number): Promise<boolean> =>
    (await socket.sendBurst(link, frame, { frames, untilRefused: true })).refused > 0;
  return { send, fill, close: () => socket.close() };
}
