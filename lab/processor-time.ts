/** What the processors of the whole machine have done: kernel, interrupts and every process together. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Seconds since the machine started, summed over its processors. */
export interface ProcessorTime {
  /** Work of any kind: user, nice, system, irq, softirq. What guests used is part of user. */
  readonly busySeconds: number;
  /** A hypervisor gave the processor to somebody else although there was work. */
  readonly stolenSeconds: number;
  readonly allSeconds: number;
}

/** USER_HZ: what proc(5) counts in, 100 on every architecture of Linux but Alpha and IA-64. */
const TICKS_PER_SECOND = 100;

/** The first line of /proc/stat (proc(5)), which no namespace changes. */
export function readProcessorTime(text = readFileSync('/proc/stat', 'utf8')): ProcessorTime {
  const ticks = (text.split('\n', 1)[0] ?? '').split(/\s+/).slice(1, 9).map(Number);
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softirq = 0, stolen = 0] = ticks;
  const busy = user + nice + system + irq + softirq;
  return {
    busySeconds: busy / TICKS_PER_SECOND,
    stolenSeconds: stolen / TICKS_PER_SECOND,
    allSeconds: (busy + idle + waiting + stolen) / TICKS_PER_SECOND,
  };
}

export const timeBetween = (before: ProcessorTime, after: ProcessorTime): ProcessorTime => ({
  busySeconds: after.busySeconds - before.busySeconds,
  stolenSeconds: after.stolenSeconds - before.stolenSeconds,
  allSeconds: after.allSeconds - before.allSeconds,
});

/** As its maker calls it; empty where the kernel does not tell. */
export const processorModel = (): string => cpus()[0]?.model.trim() ?? '';
