import { addressOf, systemCall } from '../kernel/libc.js';
import { SOL_SOCKET } from './descriptor.js';

/** asm-generic/socket.h. */
const SO_ATTACH_FILTER = 26;
/** Classic BPF (linux/bpf_common.h): load a halfword at a fixed offset, compare with a constant, return a constant. */
const LOAD_HALFWORD = 0x28;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const ETHER_TYPE_OFFSET = 12;
const FPROG_BYTES = 16;
const INSTRUCTION_BYTES = 8;
/** More than any frame. */
const WHOLE_FRAME = 0x40000;

interface Instruction {
  readonly code: number;
  /** Instructions to skip when the comparison holds, and when it does not. */
  readonly jumpTrue?: number;
  readonly jumpFalse?: number;
  readonly constant: number;
}

/** The program of a filter by EtherType, with the snap length as what it returns. */
export function filterProgram(etherType: number | undefined, snapLengthBytes = WHOLE_FRAME): Instruction[] {
  const keep = { code: RETURN, constant: snapLengthBytes };
  if (etherType === undefined) return [keep];
  return [
    { code: LOAD_HALFWORD, constant: ETHER_TYPE_OFFSET },
    { code: JUMP_IF_EQUAL, jumpTrue: 0, jumpFalse: 1, constant: etherType },
    keep,
    { code: RETURN, constant: 0 },
  ];
}

/** Attaches a program to a packet socket (struct sock_fprog, struct sock_filter in linux/filter.h). */
export function attachFilter(fd: number, program: readonly Instruction[]): void {
  // In one Buffer, because the garbage collector does not see the pointer from the one part to the other.
  const area = Buffer.alloc(FPROG_BYTES + INSTRUCTION_BYTES * program.length);
  area.writeUInt16LE(program.length, 0);
  area.writeBigUInt64LE(addressOf(area) + BigInt(FPROG_BYTES), 8);
  program.forEach(({ code, jumpTrue = 0, jumpFalse = 0, constant }, index) => {
    const instruction = area.subarray(FPROG_BYTES + INSTRUCTION_BYTES * index);
    instruction.writeUInt16LE(code, 0);
    instruction[2] = jumpTrue;
    instruction[3] = jumpFalse;
    instruction.writeUInt32LE(constant, 4);
  });
  systemCall('setsockopt', fd, SOL_SOCKET, SO_ATTACH_FILTER, area, FPROG_BYTES);
}
