/** What builds labs of its own begins while the lab waits for its protocols; and not without a lab. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import type { PromiseName } from '#src/declaration/promise.js';
import type { RunEvent } from '#src/result/events.js';
import { measureBuilt, type Measuring } from '#src/run/measure-built.js';
import { Phases } from '#src/run/phases.js';
import { Turns } from '#src/run/turns.js';
import { ended, startNetlab, temporaryFolder } from '../../support/cli.js';
import { planOf, scenarioOf } from '../../support/sandboxed-lab.js';
import { leftAfter, newTrace, TRACE_VARIABLE } from '../../support/traces.js';

const LEFT_DEADLINE_MS = 20_000;

const chosen: readonly PromiseName[] = ['container-to-container', 'isolation', 'survives-reboot'];

function slowTree(): string {
  const file = join(temporaryFolder(), 'slow.yaml');
  writeFileSync(
    file,
    `strategy: { name: ovs-gre, forwardDelaySeconds: 4 }
cluster: { hosts: 3, containers: 1, outsiders: 0, ipv6: false }
only: [${chosen.join(', ')}]
`,
  );
  return file;
}

const eventsOf = (text: string): readonly RunEvent[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent);

/** Where in the events something of that kind is told of for the first time. */
function placeOf(events: readonly RunEvent[], type: RunEvent['type'], of: string): number {
  return events.findIndex(
    (event) =>
      event.type === type && (('promise' in event && event.promise === of) || ('phase' in event && event.phase === of)),
  );
}

test.serial('labs beside wait for their spanning trees while the lab waits for its own', async (t) => {
  const { exitCode, stdout, stderr } = await ended(startNetlab(['run', slowTree(), '--events']));
  t.is(exitCode, 0, stderr);
  const events = eventsOf(stdout);
  const [built, forwards, measuring] = [
    placeOf(events, 'phase-ended', 'build'),
    placeOf(events, 'phase-ended', 'converge'),
    placeOf(events, 'phase-started', 'verify'),
  ];
  for (const beside of ['isolation', 'survives-reboot']) {
    const began = placeOf(events, 'check-started', beside);
    t.true(built < began && began < forwards, `${beside} is event ${began} of ${built}, ${forwards}`);
    t.true(placeOf(events, 'check-ended', beside) > forwards, `${beside} waited for a tree of its own`);
  }
  t.true(placeOf(events, 'check-started', 'container-to-container') > measuring);
  t.is(events.filter(({ type }) => type === 'check-started').length, chosen.length, 'each of them once');
  const end = events.at(-1);
  if (end?.type !== 'run-ended') return t.fail('the run has no end');
  t.deepEqual(
    end.result.promises.map(({ promise, cell }) => `${promise} ${cell}`),
    chosen.map((name) => `${name} kept`),
  );
  t.like(end.result.leaks, { verified: true, leftovers: [], machineChanges: [] });
  return undefined;
});

test.serial('stopped while labs are built beside: nothing is measured, and nothing is left', async (t) => {
  const trace = newTrace();
  const child = startNetlab(['run', slowTree(), '--events'], { env: { [TRACE_VARIABLE]: trace } });
  let isStopped = false;
  let end: RunEvent | undefined;
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    end = JSON.parse(line) as RunEvent;
    if (!isStopped && end.type === 'check-started') child.kill('SIGINT');
    isStopped ||= end.type === 'check-started';
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  t.is(exitCode, 130);
  t.deepEqual(await leftAfter(trace, LEFT_DEADLINE_MS), []);
  if (end?.type !== 'run-ended') return t.fail('the run has no end');
  t.deepEqual(end.result.promises, []);
  t.false(end.result.complete);
  t.like(end.result.leaks, { verified: true, leftovers: [], machineChanges: [] });
  return undefined;
});

interface Recorded {
  readonly asked: string[];
  readonly measuring: Measuring;
  readonly answer: (method: string, outcome: unknown) => void;
}

/** A channel that records what is asked, and answers when it is told to. */
function recorded(turns = new Turns(1)): Recorded {
  const asked: string[] = [];
  const open = new Map<string, (outcome: unknown) => void>();
  const call = ((method: string): Promise<unknown> => {
    asked.push(method);
    return new Promise((resolve, reject) => {
      open.set(method, (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
    });
  }) as Measuring['channel']['call'];
  const emit = (): void => undefined;
  return {
    asked,
    measuring: { channel: { call }, phases: new Phases(emit), turns, stop: new AbortController().signal, emit },
    answer: (method, outcome) => open.get(method)?.(outcome),
  };
}

const soon = (): Promise<void> => new Promise(setImmediate);
const slow = planOf(scenarioOf({ strategy: 'ovs-gre', hosts: 3 }));
const followUps = { followed: 1, alike: 3, notFollowed: 0, durationMs: 10 };
const nothing = { promises: [], complete: true, drift: [], faults: [], followUps };

test('who only waits for labs beside gives the turn to others; what they find late still counts', async (t) => {
  const turns = new Turns(1);
  const { asked, measuring, answer } = recorded(turns);
  const measured = measureBuilt(slow, measuring);
  t.deepEqual(asked, ['verify-beside', 'converge']);
  answer('converge', null);
  await soon();
  t.deepEqual(asked, ['verify-beside', 'converge', 'verify']);
  let isTurnOfOther = false;
  const other = turns.hold(async () => {
    isTurnOfOther = true;
    await soon();
  });
  await soon();
  t.false(isTurnOfOther, 'the lab itself is being measured');
  answer('verify', nothing);
  await other;
  t.true(isTurnOfOther);
  answer('verify-beside', { promises: [], complete: false, followUps });
  const { complete, followUps: both } = await measured;
  t.false(complete, 'what was cut short beside is not complete');
  t.deepEqual(both, { followed: 2, alike: 6, notFollowed: 0, durationMs: 20 });
});

test('what fails beside fails the run; a lab that fails is told of first', async (t) => {
  const one = recorded();
  const measured = measureBuilt(slow, one.measuring);
  one.answer('converge', null);
  await soon();
  one.answer('verify', nothing);
  one.answer('verify-beside', new Error('beside'));
  await t.throwsAsync(measured, { message: 'beside' });
  const other = recorded();
  const failing = measureBuilt(slow, other.measuring);
  other.answer('converge', new Error('the lab'));
  other.answer('verify-beside', new Error('beside'));
  await t.throwsAsync(failing, { message: 'the lab' });
  t.deepEqual(other.asked, ['verify-beside', 'converge']);
});

test('nothing begins early without timers to wait for, or when something is to be broken first', async (t) => {
  const flat = recorded();
  void measureBuilt(planOf(), flat.measuring);
  await soon();
  t.deepEqual(flat.asked, ['verify']);
  const broken = recorded();
  const faults = [{ fault: 'host-crash', host: 'h3' }] as const;
  void measureBuilt({ ...slow, scenario: { ...slow.scenario, faults } }, broken.measuring);
  broken.answer('converge', null);
  await soon();
  t.deepEqual(broken.asked, ['converge', 'break']);
});

test('what breaks is a lab whose containers have their leases', async (t) => {
  const { asked, measuring, answer } = recorded();
  const leased = planOf(scenarioOf({ strategy: 'dhcp', ipv6: false }));
  const faults = [{ fault: 'host-crash', host: 'h2' }] as const;
  void measureBuilt({ ...leased, scenario: { ...leased.scenario, faults } }, measuring);
  await soon();
  t.deepEqual(asked, ['converge']);
  answer('converge', null);
  await soon();
  t.deepEqual(asked, ['converge', 'break']);
});
