/**
 * The agent of an overlay whose forwarding tables come from etcd or Consul. One runs on each host. It puts the host's VTEP and the MAC
 * addresses behind its bridge into the store, with a lease that ends soon after the host does, and tells the kernel's VXLAN
 * device what the others have put there. When the store is gone the tables stay as they are.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { anyMac } from '../kernel/netlink/forwarding.js';
import { BridgeForwarding, type RemoteEntry } from './bridge-forwarding.js';
import { Consul } from './consul.js';
import { type Change, Etcd, type Lease } from './etcd.js';

const RETRY_MS = 250;
/**
 * Changes come in bursts, as when a container comes: for so long they are gathered into one look at the tables. Nothing is
 * waited for that could be asked instead; what comes later has a look of its own.
 */
const SETTLE_MS = 20;
const REVOKE_MS = 500;

const { values: options } = parseArgs({
  options: {
    etcd: { type: 'string', default: '' },
    consul: { type: 'string', default: '' },
    prefix: { type: 'string', default: '' },
    vtep: { type: 'string', default: '' },
    device: { type: 'string', default: '' },
    ttl: { type: 'string', default: '10' },
  },
});
const timeToLiveSeconds = Number(options.ttl);
const store = options.consul === '' ? new Etcd(options.etcd) : new Consul(options.consul);
const stopping = new AbortController();
/** What the store has below our prefix. */
const known = new Map<string, string>();
/** MAC addresses that we have put there. */
let published = new Set<string>();
let lease: Lease | undefined;
const publishing = inTurn(publish);
/** Ends the session: the next one publishes everything afresh. */
let loseStore: (error: unknown) => void = () => {};
const forwarding = new BridgeForwarding(options.device, () => void publishing().catch((error) => loseStore(error)));

const vtepKey = (vtep: string): string => `${options.prefix}/vteps/${vtep}`;
const macKey = (mac: string): string => `${options.prefix}/macs/${mac}`;
const log = (line: string): void => void process.stdout.write(`${line}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
while (!stopping.signal.aborted) {
  await session().catch((error: unknown) =>
    log(`lost the store: ${error instanceof Error ? error.message : String(error)}`),
  );
  lease = undefined;
  await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
}
forwarding.close();

/** From a new lease until the store is lost. */
async function session(): Promise<void> {
  const own = await store.grant(timeToLiveSeconds);
  const ended = new AbortController();
  const signal = AbortSignal.any([stopping.signal, ended.signal]);
  const failure = new Promise<never>((_, reject) => {
    loseStore = reject;
  });
  // It may come before anything below waits for it.
  failure.catch(() => {});
  try {
    published = new Set();
    lease = own;
    await store.put(vtepKey(options.vtep), options.vtep, own);
    await publishing();
    const { entries, revision } = await store.list(`${options.prefix}/`);
    known.clear();
    learn(entries);
    log(`synchronised with ${options.etcd}${options.consul}: ${entries.length} keys`);
    await Promise.race([store.watch(`${options.prefix}/`, revision, learn, signal), renewing(own, signal), failure]);
  } finally {
    ended.abort();
    if (stopping.signal.aborted) await Promise.race([store.revoke(own).catch(() => {}), delay(REVOKE_MS)]);
  }
}

/** A third of the time to live, so that two renewals may get lost. */
async function renewing(own: Lease, signal: AbortSignal): Promise<void> {
  for (;;) {
    await delay((timeToLiveSeconds * 1000) / 3, undefined, { signal });
    await store.renew(own);
  }
}

function learn(changes: readonly Change[]): void {
  for (const { key, value } of changes) {
    if (value === undefined) known.delete(key);
    else known.set(key, value);
  }
  forwarding.setRemote(remoteEntries());
}

/** What is for all goes to every other VTEP; what has a key goes where it says. */
function remoteEntries(): readonly RemoteEntry[] {
  return [...known].flatMap(([key, destination]) => {
    if (destination === options.vtep) return [];
    return key.startsWith(macKey(''))
      ? [{ mac: key.slice(macKey('').length), destination }]
      : [{ mac: anyMac, destination }];
  });
}

/** Puts what is new behind the bridge into the store, and takes out what is gone. */
async function publish(): Promise<void> {
  await delay(SETTLE_MS);
  const own = lease;
  if (own === undefined) return;
  const local = forwarding.localMacs();
  const ours = published;
  for (const mac of without(local, ours)) {
    await store.put(macKey(mac), options.vtep, own);
    ours.add(mac);
  }
  for (const mac of without(ours, local)) {
    await store.deleteOwn(macKey(mac), options.vtep);
    ours.delete(mac);
  }
}

function without(all: ReadonlySet<string>, some: ReadonlySet<string>): readonly string[] {
  return [...all].filter((one) => !some.has(one));
}

/** Runs the work once at a time; who asks while it runs gets one more run for all that asked. */
function inTurn(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  const run = async (): Promise<void> => {
    try {
      do {
        isAskedAgain = false;
        await work();
      } while (isAskedAgain);
    } finally {
      // In the same turn as the last look at what was asked: nobody's wish falls in between.
      running = undefined;
    }
  };
  return () => {
    isAskedAgain = true;
    running ??= run();
    return running;
  };
}
