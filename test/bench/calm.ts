/** Rounds are comparable when nobody else uses the machine. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 1000;
const CALM = 0.9;
/** Then it begins all the same, and the report says how busy the machine was. */
const PATIENCE_MS = 1000 * Number(process.env['CALM_SECONDS'] ?? 60);

/** Waits until the machine is all but idle, in bounded time. @returns the part of the processors' time that was idle last */
export async function calm(): Promise<number> {
  const endMs = performance.now() + PATIENCE_MS;
  let idle = await idleShare();
  while (idle < CALM && performance.now() < endMs) idle = await idleShare();
  return idle;
}

async function idleShare(): Promise<number> {
  const before = processorTimes();
  await delay(LOOK_MS);
  const after = processorTimes();
  return (after.idle - before.idle) / (after.all - before.all);
}

/** The first line of /proc/stat (proc(5)): user, nice, system, idle, iowait, irq, softirq, steal, ... */
function processorTimes(): { idle: number; all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const times = line.split(/\s+/).slice(1, 9).map(Number);
  return { idle: (times[3] ?? 0) + (times[4] ?? 0), all: times.reduce((sum, time) => sum + time, 0) };
}
