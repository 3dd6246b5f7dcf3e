import { readFileSync } from 'node:fs';

/** Whether the process has a handler of its own for the signal. */
export function catches(pid: number, signal: number): boolean {
  const mask = /^SigCgt:\s*([\da-f]+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) >> BigInt(signal - 1)) % 2n === 1n;
}
