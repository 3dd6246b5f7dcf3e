import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { createFollowUps, followUpLimits } from '#src/trace/follow-ups.js';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';

const never = new AbortController().signal;

test('what is alike is followed once, and counted', async (t) => {
  const followUps = createFollowUps(never);
  let works = 0;
  const work = async () => {
    await delay(1);
    return (works += 1);
  };
  const found = await Promise.all([followUps.once('h2', 48, work), followUps.once('h2', 12, work)]);
  t.deepEqual(found, [1, 1]);
  t.is(await followUps.once('h3', 1, work), 2);
  t.like(followUps.facts, { followed: 2, alike: 61, notFollowed: 0 });
});

test('beyond the limits of number and time nothing is followed, and that is told', async (t) => {
  const few = createFollowUps(never, { ...followUpLimits, most: 1 });
  t.is(await few.once('h2', 1, () => Promise.resolve('seen')), 'seen');
  t.is(await few.once('h3', 5, () => Promise.resolve('seen')), undefined);
  t.like(few.facts, { followed: 1, alike: 1, notFollowed: 5 });

  const short = createFollowUps(never, { ...followUpLimits, eachMs: 10, totalMs: 10 });
  const forever = async (signal: AbortSignal) => await delay(60_000, 'seen', { signal });
  t.is(await short.once('h2', 1, forever), undefined);
  t.is(await short.once('h3', 1, forever), undefined);
  t.like(short.facts, { followed: 0, alike: 0, notFollowed: 2 });
});

test('time in which netlab itself could not run does not count', async (t) => {
  const followUps = createFollowUps(never, { ...followUpLimits, eachMs: 1_000 });
  const busy = async (signal: AbortSignal) => {
    await delay(1);
    const untilMs = performance.now() + 1_500;
    while (performance.now() < untilMs);
    await delay(50, undefined, { signal });
    return 'seen';
  };
  t.is(await followUps.once('h2', 3, busy), 'seen');
  t.like(followUps.facts, { followed: 1, alike: 3, notFollowed: 0 });
});

test('a verify that is stopped stops what it follows', async (t) => {
  const stop = new AbortController();
  const followUps = createFollowUps(stop.signal);
  const following = followUps.once('h2', 1, async (signal) => await delay(60_000, 'seen', { signal }));
  stop.abort(new Error('stopped'));
  await t.throwsAsync(following);
});

test('however much a heavy fault loses, a verify follows a bounded number of losses and says for how many they stand', async (t) => {
  await withLab(planOf(scenarioOf({ strategy: 'host-gw', hosts: 3, containers: 4 })), async (lab) => {
    await lab.sh('h2', 'sysctl -w net.ipv4.ip_forward=0');
    const asked = ['container-to-container', 'host-to-container', 'lan-reachable', 'egress', 'path-mtu'] as const;
    const { followUps, promises } = await lab.verify(...asked);
    t.deepEqual([...new Set(promises.map(({ cell }) => cell))], ['BROKEN']);
    const { followed, alike, notFollowed, durationMs } = followUps;
    t.true(followed > 0 && followed <= followUpLimits.most, JSON.stringify(followUps));
    t.true(alike > 4 * followed, JSON.stringify(followUps));
    t.is(notFollowed, 0);
    t.true(durationMs < followUpLimits.totalMs + asked.length * followUpLimits.eachMs, JSON.stringify(followUps));
    const evidence = promises.flatMap(({ checks }) => checks.flatMap((check) => check.evidence));
    t.true(evidence.some(({ seen }) => /\(one of \d+ that are alike\)/u.test(seen ?? '')));
  });
});
