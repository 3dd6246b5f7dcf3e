import test from 'ava';
import type { Lab } from '#lab/lab.js';
import type { WindowRoom } from '#lab/turns.js';
import { emptyNode } from '#lab/state.js';
import type { Endpoint } from '#src/plan/plan.js';
import { Probe } from '#src/flows/flow-probe.js';
import type { FlowRequest } from '#src/check/flow.js';
import { WindowedRuns } from '#src/flows/window-runs.js';

const endpoints: Endpoint[] = Array.from({ length: 6 }, (_, index) => ({
  node: `c${index}`,
  role: 'container',
  link: 'eth0',
  ipv4: `10.1.0.${index}`,
}));
const requests: FlowRequest[] = endpoints.flatMap((from) =>
  endpoints.filter((to) => to !== from).map((to) => ({ from, to, protocol: 'icmp', family: 'ipv4' })),
);

interface Script {
  readonly windowEntries: number;
  /** Whether the table overflows in a window of so many flows; every probe is lost then. */
  readonly overflows: (flows: number) => boolean;
}

function scripted({ windowEntries, overflows }: Script) {
  const windows: number[] = [];
  const forgotten: string[] = [];
  let inWindow = false;
  const nodes = new Map(
    endpoints.map(({ node }) => {
      const state = { ...emptyNode(node, 'container'), routes: [{ destination: 'default', via: '10.1.0.254' }] };
      const forgetNeighbours = (addresses: readonly string[] = []) => {
        if (!inWindow) throw new Error('forgotten outside of the window');
        forgotten.push(`${node} ${addresses.toSorted().join(' ')}`);
      };
      return [node, { state, forgetNeighbours }];
    }),
  );
  const neighbourTable = {
    askForWindow: async () => ({
      begun: async (): Promise<WindowRoom> => {
        inWindow = true;
        return { ipv4: windowEntries, ipv6: windowEntries };
      },
      end: async () => {
        inWindow = false;
        return { overflowed: overflows(windows.at(-1) ?? 0) };
      },
    }),
  };
  const lab = { nodes, neighbourTable } as unknown as Lab;
  const probe = (own: readonly FlowRequest[]) => {
    windows.push(own.length);
    return Promise.resolve(own.map((request, id) => settled(request, id, !overflows(own.length))));
  };
  return { runs: new WindowedRuns(lab, probe, new AbortController().signal), windows, forgotten };
}

function settled(request: FlowRequest, id: number, delivered: boolean): Probe {
  const probe = new Probe(id, request, '10.1.0.1');
  if (delivered) {
    probe.arriveAt(request.to.node, '10.1.0.1');
    probe.answer();
  } else probe.expire(1000);
  return probe;
}

test('flows are measured in windows that the table can hold, and what they taught the kernel is forgotten in them', async (t) => {
  const { runs, windows, forgotten } = scripted({ windowEntries: 18, overflows: () => false });
  const results = await runs.run(requests);
  t.is(results.size, 30);
  t.true([...results.values()].every(({ delivered, overflowed }) => delivered && !overflowed));
  t.true(windows.length > 1);
  t.is(
    windows.reduce((sum, count) => sum + count, 0),
    30,
  );
  t.true(forgotten.every((entry) => entry.split(' ').includes('10.1.0.254')));
});

test('flows lost in an overflow are measured once more in a smaller window', async (t) => {
  const { runs, windows } = scripted({ windowEntries: 100, overflows: (flows) => flows > 20 });
  const results = await runs.run(requests);
  t.is(windows[0], 30);
  t.true(windows.slice(1).every((count) => count <= 20));
  t.true([...results.values()].every(({ delivered, overflowed }) => delivered && !overflowed));
});

test('flows lost in an overflow again are marked, and not tried for ever', async (t) => {
  const { runs, windows } = scripted({ windowEntries: 100, overflows: () => true });
  const results = await runs.run(requests);
  t.true([...results.values()].every(({ delivered, overflowed }) => !delivered && overflowed));
  t.is(
    windows.reduce((sum, count) => sum + count, 0),
    60,
  );
});

test('a few losses among many flows are measured once more, many losses are not', async (t) => {
  for (const [lost, again] of [
    [2, 2],
    [30, 0],
  ] as const) {
    const many = Array.from({ length: 100 }, () => requests[0] as FlowRequest).map((request) => ({ ...request }));
    const measured: number[] = [];
    const neighbourTable = {
      askForWindow: async () => ({
        begun: async (): Promise<WindowRoom> => ({ ipv4: 100, ipv6: 100 }),
        end: async () => ({ overflowed: false }),
      }),
    };
    const probe = (own: readonly FlowRequest[]) => {
      measured.push(own.length);
      const broken = (request: FlowRequest) => many.indexOf(request) < lost;
      return Promise.resolve(own.map((request, id) => settled(request, id, measured.length > 1 || !broken(request))));
    };
    const lab = { nodes: new Map(), neighbourTable } as unknown as Lab;
    const results = await new WindowedRuns(lab, probe, new AbortController().signal).run(many);
    t.deepEqual(measured, again === 0 ? [100] : [100, again]);
    t.is([...results.values()].filter(({ delivered }) => !delivered).length, again === 0 ? lost : 0);
    t.is([...results.values()].filter(({ repeated }) => repeated).length, again);
  }
});

test('nothing asked, nothing done', async (t) => {
  const { runs, windows } = scripted({ windowEntries: 100, overflows: () => false });
  t.is((await runs.run([])).size, 0);
  t.deepEqual(windows, []);
});
