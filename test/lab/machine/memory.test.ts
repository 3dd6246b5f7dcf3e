import test from 'ava';
import { availableMemory, type ReadText } from '#lab/machine/memory.js';

const MiB = 1024 ** 2;
const reading =
  (files: Readonly<Record<string, string>>): ReadText =>
  (file) =>
    files[file];
const meminfo = 'MemTotal:       8388608 kB\nMemFree:          102400 kB\nMemAvailable:    4194304 kB\n';
const root = '/sys/fs/cgroup';

test('without control groups it is what the machine has, and without limit where nothing is told', (t) => {
  t.is(availableMemory(reading({ '/proc/meminfo': meminfo })), 4096 * MiB);
  t.is(availableMemory(reading({})), Number.POSITIVE_INFINITY);
  t.is(availableMemory(reading({ '/proc/meminfo': meminfo, '/proc/self/cgroup': '0::/\n' })), 4096 * MiB);
});

test('v2: a container whose limit is used up by cached files has that memory', (t) => {
  const full = {
    '/proc/meminfo': meminfo,
    '/proc/self/cgroup': '0::/\n',
    [`${root}/memory.max`]: `${1024 * MiB}\n`,
    [`${root}/memory.current`]: `${1024 * MiB}\n`,
    [`${root}/memory.stat`]: `anon ${100 * MiB}\nfile ${900 * MiB}\ninactive_file ${800 * MiB}\nslab_reclaimable ${24 * MiB}\n`,
  };
  t.is(availableMemory(reading(full)), 824 * MiB);
  t.is(availableMemory(reading({ ...full, [`${root}/memory.max`]: 'max\n' })), 4096 * MiB);
  // Without /proc/self/cgroup the group that is mounted is the one.
  const { '/proc/self/cgroup': _, ...hidden } = full;
  t.is(availableMemory(reading(hidden)), 824 * MiB);
});

test('v2: the narrowest of the groups above counts, however much its children may have', (t) => {
  const files = {
    '/proc/meminfo': meminfo,
    '/proc/self/cgroup': '0::/ci.slice/job\n',
    [`${root}/ci.slice/memory.max`]: `${512 * MiB}\n`,
    [`${root}/ci.slice/memory.current`]: `${112 * MiB}\n`,
    [`${root}/ci.slice/job/memory.max`]: 'max\n',
    [`${root}/ci.slice/job/memory.current`]: `${10 * MiB}\n`,
  };
  t.is(availableMemory(reading(files)), 400 * MiB);
});

test('v1: the limit of the memory controller; a number beyond all memory is none', (t) => {
  const files = {
    '/proc/meminfo': meminfo,
    '/proc/self/cgroup': '5:cpu:/\n4:memory:/docker/abc\n0::/\n',
    [`${root}/memory/memory.limit_in_bytes`]: `${1024 * MiB}\n`,
    [`${root}/memory/memory.usage_in_bytes`]: `${1000 * MiB}\n`,
    [`${root}/memory/memory.stat`]: `cache 1\ninactive_file 1\ntotal_inactive_file ${600 * MiB}\n`,
  };
  t.is(availableMemory(reading(files)), 624 * MiB);
  t.is(
    availableMemory(reading({ ...files, [`${root}/memory/memory.limit_in_bytes`]: '9223372036854771712\n' })),
    4096 * MiB,
  );
});

test('here it is more than nothing', (t) => {
  t.true(availableMemory() > 0);
});
