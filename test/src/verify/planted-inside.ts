/** Process 1 of a sandbox with defects: checks whose callbacks throw, each in another way. */
import { enterSandbox } from '#lab/inside.js';
import { passed } from '#src/check/outcome.js';
import type { CheckContext } from '#src/check/contract.js';
import type { PromiseName } from '#src/declaration/promise.js';
import { Probing } from '#src/flows/flow-probing.js';
import { labHandlers } from '#src/inside/handlers.js';
import { checks } from '#src/verify/checks.js';

const never = (): Promise<never> => new Promise(() => undefined);
const well = passed({ summary: 'well' });
const thrown = new Set<string>();
function fail(what: string): never {
  thrown.add(what);
  throw new Error(`planted: ${what}`);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

type Measure = (context: CheckContext) => Promise<typeof well>;

const defects: Partial<Record<PromiseName, Measure>> = {
  'lan-reachable': () => {
    setTimeout(() => fail('timer'), 1);
    return never();
  },
  /** All raw sockets share one loop, which the first one of them began. */
  'no-nat': async ({ lab }) => {
    const { sockets } = lab.node('h1c1');
    const [from, to] = await Promise.all([sockets.udp({ family: 'ipv4' }), sockets.udp({ family: 'ipv4' })]);
    to.onMessage = () => fail('socket');
    from.send(Buffer.from('x'), '127.0.0.1', to.port);
    return await never();
  },
  'native-ports': async ({ lab }) => {
    const child = await lab.node('h1').start(['true']);
    void child.ended().then(() => fail('child'));
    return await never();
  },
  /** Later than it has ended: while the next one measures. */
  'broadcast-domain': () => {
    setTimeout(() => fail('late'), 1);
    return Promise.resolve(well);
  },
  'loop-free': async () => {
    await until(() => thrown.has('late'));
    return well;
  },
  /** A microtask is the one callback of Node.js that does not know who has asked for it. */
  'infrastructure-free': () => {
    queueMicrotask(() => fail('nobody'));
    return never();
  },
};

for (const check of checks) {
  const measure = defects[check.promise];
  if (measure !== undefined) Object.assign(check, { measure });
}

/** Once, in what checks share. */
const probe = Reflect.get(Probing.prototype, 'probe') as (requests: never) => Promise<never>;
Probing.prototype.probe = async function fails(requests) {
  if (thrown.has('flows')) return await probe.call(this, requests as never);
  setTimeout(() => fail('flows'), 1);
  return await never();
};

const inside = enterSandbox();
inside.serve(labHandlers(inside));
