/** What the processors of the whole machine have done: kernel, interrupts and every process together. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Seconds since some moment, summed over the machine's processors. */
export interface ProcessorTime {
  /** Not idle, not waiting for a disk, not stolen: work of any kind. */
  readonly busySeconds: number;
  /** A hypervisor gave the processor to somebody else although there was work. */
  readonly stolenSeconds: number;
  readonly allSeconds: number;
}

/** USER_HZ: what proc(5) counts in, 100 on every architecture of Linux but Alpha and IA-64. */
const TICKS_PER_SECOND = 100;

/**
 * The first line of /proc/stat (proc(5)), which no namespace changes. Work is what is left of the clock: most kernels
 * count it by looking at each tick who runs (CONFIG_TICK_CPU_ACCOUNTING; every 4 ms with HZ=250), which of a tenth of a
 * second tells 10 to 14 % more or less than there was, while idle time they take by the clock (get_idle_time() in
 * fs/proc/stat.c; NO_HZ) and only round it to 10 ms: 4 to 7 %.
 * @param nowSeconds of a clock that only goes forward
 */
export function readProcessorTime(
  text = readFileSync('/proc/stat', 'utf8'),
  nowSeconds = performance.now() / 1000,
): ProcessorTime {
  const ticks = (text.split('\n', 1)[0] ?? '').split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle = 0, waiting = 0, , , stolen = 0] = ticks;
  const allSeconds = nowSeconds * (text.match(/^cpu\d/gmu)?.length ?? 1);
  return {
    busySeconds: allSeconds - (idle + waiting + stolen) / TICKS_PER_SECOND,
    stolenSeconds: stolen / TICKS_PER_SECOND,
    allSeconds,
  };
}

export const timeBetween = (before: ProcessorTime, after: ProcessorTime): ProcessorTime => ({
  busySeconds: after.busySeconds - before.busySeconds,
  stolenSeconds: after.stolenSeconds - before.stolenSeconds,
  allSeconds: after.allSeconds - before.allSeconds,
});

/** As its maker calls it; empty where the kernel does not tell. */
export const processorModel = (): string => cpus()[0]?.model.trim() ?? '';
