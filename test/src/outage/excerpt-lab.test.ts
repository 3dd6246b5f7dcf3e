import test from 'ava';
import { judgeOutages } from '#src/outage/excerpt-lab.js';
import { isLate } from '#src/outage/findings.js';
import type { Endpoint } from '#src/plan/plan.js';
import type { Outage } from '#src/outage/outage.js';

const endpoint = (node: string): Endpoint => ({ node, role: 'container', ipv4: '10.0.0.1' }) as Endpoint;
const outageOf = (shape: Pick<Outage, 'outageMs' | 'atLeastMs' | 'isBack'>): Outage => ({
  from: endpoint('h1c1'),
  to: endpoint('h2c1'),
  sent: 100,
  lost: 1,
  gaps: [],
  ...shape,
});
const limitMs = 200;
const verdictOf = (outage: Outage, lagMs: number, others: readonly Outage[] = []): string => {
  const late = [outage].filter(isLate(limitMs));
  const evidence = [...late, ...others].map(() => ({ message: 'came back too late' }));
  const measured = { summary: '', coverage: '', observations: [] };
  return judgeOutages(measured, evidence, { late, limitMs, others, lagMs, isCertain: false }).verdict;
};

test('a flow that was away for too long by its own probes has failed', (t) => {
  t.is(verdictOf(outageOf({ outageMs: 150, atLeastMs: 140, isBack: true }), 10), 'pass');
  t.is(verdictOf(outageOf({ outageMs: 350, atLeastMs: 340, isBack: true }), 10), 'fail');
  t.is(verdictOf(outageOf({ outageMs: 350, atLeastMs: 340, isBack: false }), 5_000), 'fail');
});

test('one probe lost before netlab itself was late proves nothing', (t) => {
  const doubtful = outageOf({ outageMs: 350, atLeastMs: 0, isBack: true });
  t.is(verdictOf(doubtful, 340), 'inconclusive');
  t.is(verdictOf(outageOf({ outageMs: 10, atLeastMs: 0, isBack: true }), 340, [doubtful]), 'inconclusive');
  t.is(verdictOf(outageOf({ outageMs: 2_000, atLeastMs: 1_900, isBack: true }), 600), 'inconclusive');
});
