#!/usr/bin/env bash
# Linux: who reads /proc/locks waits for an RCU grace period.
# Believed: a read of a small file of /proc costs what its text costs; to ask who has a lock is a matter of microseconds.
# Seen: when nobody has read it for a moment a read takes milliseconds, a hundred times as long as the next one, and tens of
# times as long as other files of /proc in the same process: it takes file_rwsem for writing (locks_start, fs/locks.c), a
# per-CPU semaphore whose writers wait for a grace period first (percpu_down_write, kernel/locking/percpu-rwsem.c). On a busy
# machine that is tens or hundreds of milliseconds, in which a program with one event loop does nothing else.
# Needs node (20 or later). Nothing is changed.
set -euo pipefail
echo "Linux $(uname -r), Node.js $(node --version)"
node --input-type=module --eval '
  import { readFileSync } from "node:fs";
  const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const timed = (file) => {
    const startedMs = performance.now();
    readFileSync(file);
    return performance.now() - startedMs;
  };
  const first = { locks: [], uptime: [] };
  const next = [];
  for (let round = 0; round < 21; round += 1) {
    pause(100);
    first.uptime.push(timed("/proc/uptime"));
    first.locks.push(timed("/proc/locks"));
    next.push(timed("/proc/locks"));
  }
  const [locks, again, uptime] = [first.locks, next, first.uptime].map(median);
  console.log(`/proc/locks after a pause ${locks.toFixed(3)} ms, once more ${again.toFixed(3)} ms; /proc/uptime after a pause ${uptime.toFixed(3)} ms`);
  if (locks > 10 * again && locks > 5 * uptime) process.exit(0);
  console.log("this has changed");
  process.exit(1);
'
