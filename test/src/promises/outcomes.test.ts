import test from 'ava';
import { containerToContainer } from '#src/promises/container-to-container.js';
import type { CheckContext } from '#src/check/contract.js';
import { duplicateEvidence } from '#src/promises/unique-address/duplicates.js';
import { claimOf } from '#src/promises/unique-address/wire-claims.js';
import { egress } from '#src/promises/egress/egress.js';
import type { Holder, Holders } from '#src/probes/holders.js';
import { noNat } from '#src/promises/no-nat.js';
import { failed } from '#src/check/outcome.js';
import { enumerate, tallied } from '#src/check/words.js';
import { defaultRules } from '#src/plan/drift-rules.js';
import type { Plan } from '#src/plan/plan.js';
import type { FlowRequest, FlowResult } from '#src/check/flow.js';
import { planOf } from '../../support/sandboxed-lab.js';

type Answer = (flow: FlowRequest) => Partial<FlowResult>;

/** A context without any lab: nodes have what the plan gives them, flows go as told. */
function pretended(answer: Answer, plan: Plan = planOf()): CheckContext {
  const nodes = plan.nodes.map((state) => {
    const links = state.links.map((link, index) => ({
      ...link,
      index,
      mac: link.mac ?? `02:00:00:00:00:${index}`,
      mtuBytes: 1500,
      up: true,
      running: true,
      rxPackets: 0,
      txPackets: 0,
    }));
    const rules = [...defaultRules('ipv4'), ...defaultRules('ipv6')];
    const observed = { name: state.name, links, routes: state.routes, neighbours: [], fdb: [], rules };
    const node = {
      state,
      observe: () => Promise.resolve(observed),
      sysctls: () => Promise.resolve(state.sysctls),
    };
    return [state.name, node] as const;
  });
  const measure = async (requests: readonly FlowRequest[]) =>
    requests.map((flow) => ({ ...flow, ...delivered(flow), ...answer(flow) }));
  const lab = { nodes: new Map(nodes) };
  return { plan, lab, flows: { measure }, signal: new AbortController().signal } as unknown as CheckContext;
}

function delivered({ from, family }: FlowRequest): Partial<FlowResult> {
  const seenSource = from[family] ?? '';
  return { delivered: true, arrived: true, seenSource, receivedBy: [], overflowed: false };
}

const lost = {
  delivered: false,
  arrived: false,
  seenSource: undefined,
  problem: 'EHOSTUNREACH',
} as unknown as Partial<FlowResult>;

test('a lost flow while the neighbour table overflowed is an error with a remedy, never a failure', async (t) => {
  const context = pretended(({ to }) => (to.node === 'h2c2' ? { ...lost, overflowed: true } : {}));
  const outcome = await containerToContainer.measure(context);
  t.is(outcome.verdict, 'error');
  t.regex(outcome.reason ?? '', /neighbour table.*overflowed.*9 flows lost.*h2c1 \(10\.1\.2\.2\) -> h2c2/u);
  t.regex(outcome.remedy ?? '', /gc_thresh3/u);
  t.is((await egress.measure(pretended(() => ({ ...lost, overflowed: true })))).verdict, 'error');
});

test('flows that came through only at a second try are counted in the coverage', async (t) => {
  const context = pretended(({ to }) => (to.node === 'h2c2' ? { repeated: true } : {}));
  const outcome = await containerToContainer.measure(context);
  t.is(outcome.verdict, 'pass');
  t.regex(outcome.coverage ?? '', /each by ICMP, TCP and UDP; 9 of 36 flows only at a second try$/u);
  t.notRegex((await containerToContainer.measure(pretended(() => ({})))).coverage ?? '', /second try/u);
});

test('flows that arrived are evidence although the table overflowed meanwhile', async (t) => {
  const outcome = await containerToContainer.measure(pretended(() => ({ overflowed: true })));
  t.is(outcome.verdict, 'pass');
});

test('an address that nobody has is told as such; what did not arrive is no evidence', async (t) => {
  const translated = await noNat.measure(
    pretended(({ from }) => (from.node === 'o1' ? { seenSource: '203.0.113.9' } : {})),
  );
  t.is(translated.verdict, 'fail');
  t.deepEqual(
    translated.evidence.map(({ message, where }) => [message, where]),
    [['o1 was seen as 203.0.113.9, which no node of the lab has', undefined]],
  );
  const silent = await noNat.measure(pretended(() => lost));
  t.is(silent.verdict, 'skip');
  t.regex(silent.reason ?? '', /nothing arrived/u);
});

test('another address of the sender itself is no translation', async (t) => {
  const own = pretended(({ from }) => (from.node === 'h1' ? { seenSource: '192.0.2.11' } : {}));
  t.is((await noNat.measure(own)).verdict, 'pass');
});

test('world must see what the strategy says: the host with NAT, the container without', async (t) => {
  const plan = planOf();
  const source = ({ from, family }: FlowRequest) => {
    const host = plan.cluster.hosts.find(({ name }) => name === from.host);
    return { seenSource: (family === 'ipv4' ? host?.uplinkIpv4 : host?.uplinkIpv6) ?? '' };
  };
  const translated = await egress.measure(pretended(source, plan));
  t.is(translated.verdict, 'pass');
  t.true(
    translated.observations.some(
      ({ name, subject, value }) => name === 'sourceSeenByWorld-ipv4' && subject === 'h2' && value === '192.0.2.12',
    ),
  );
  const bare = await egress.measure(pretended(() => ({}), plan));
  t.is(bare.verdict, 'fail');
  t.regex(bare.evidence[0]?.message ?? '', /^world saw h1c1 as 10\.1\.1\.2 \(of h1c1:eth0\): 3 flows$/u);
  t.is(bare.evidence[0]?.where, 'h1');
  const routed = { ...plan, egress: { ...plan.egress, nat: false } };
  t.is((await egress.measure(pretended(() => ({}), routed))).verdict, 'pass');
  t.is((await egress.measure(pretended(source, routed))).verdict, 'fail');
});

const holdersOf = (macs: Readonly<Record<string, readonly Holder[]>>): Holders => ({
  addresses: new Map(),
  macs: new Map(Object.entries(macs)),
  ofAddress: () => [],
  ofMac: (mac) => macs[mac] ?? [],
  ofLinkLocal: () => [],
});

test('a machine that is no node of the lab and answers for a container is named by its MAC', (t) => {
  const plan = planOf();
  const [endpoint] = plan.endpoints.filter(({ node }) => node === 'h1c1');
  if (endpoint === undefined) return t.fail();
  const station = { endpoint, mac: endpoint.mac ?? '' };
  const reply = { address: '10.1.1.2', mac: '52:54:00:12:34:56', kind: 'ARP reply', answersProbe: true } as const;
  const context = { holders: holdersOf({}), stations: [station] };
  const claim = claimOf(context, station, reply, false);
  const [evidence] = duplicateEvidence(plan, holdersOf({}), claim === undefined ? [] : [claim]);
  t.regex(evidence?.message ?? '', /^10\.1\.1\.2 is there twice/u);
  t.regex(evidence?.seen ?? '', /a machine that is no node \(52:54:00:12:34:56\) answered the ARP probe of h1c1/u);
  t.is(claimOf(context, station, { ...reply, address: '10.1.1.3' }, false), undefined);
  t.is(claimOf(context, station, { ...reply, mac: station.mac }, false), undefined, 'its own frame through a loop');
});

test('long lists say how many more there are', (t) => {
  t.is(enumerate(['a']), 'a');
  t.is(enumerate(['a', 'b', 'a']), 'a and b');
  t.is(enumerate(['a', 'b', 'c', 'd', 'e'], 3), 'a, b and 3 more');
  t.is(tallied(['x', 'y', 'y']), 'y (2 times) and x (once)');
  const evidence = Array.from({ length: 20 }, (_, index) => ({ message: `${index}` }));
  const shown = failed({ summary: '' }, evidence).evidence;
  t.is(shown.length, 9);
  t.is(shown.at(-1)?.message, 'and 12 more');
});
