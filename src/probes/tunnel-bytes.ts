/** How much went through the tunnels of bridges that daemons forward for: evidence of the way that traffic took. */
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { plannedSwitches, switchPortName } from './switch-ports.js';

/** Open vSwitch adds up what its datapath has forwarded once a second at the latest (lib: max-revalidator and its statistics). */
const INTERVAL_MS = 1_000;
const COUNTED_MS = 3 * INTERVAL_MS;
const LOOK_MS = 100;

/** Bytes sent into a tunnel, by the `node:port` of its sending end. */
export type TunnelBytes = ReadonlyMap<string, number>;

/** @returns undefined where no tunnel is, or a daemon does not tell */
export async function countTunnels(lab: Lab): Promise<TunnelBytes | undefined> {
  const tunnels = plannedSwitches(lab).flatMap(({ node, bridge }) =>
    bridge.ports.flatMap(({ name, peer }) => (peer === undefined ? [] : [switchPortName(node, name)])),
  );
  if (tunnels.length === 0) return undefined;
  const nodes = new Set(plannedSwitches(lab).map(({ node }) => node));
  try {
    const counted = await Promise.all(
      [...nodes].map(async (node) =>
        (await lab.node(node).switches.count()).map(
          ({ port, txBytes }) => [switchPortName(node, port), txBytes] as const,
        ),
      ),
    );
    return new Map(counted.flat().filter(([name]) => tunnels.includes(name)));
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
}

/**
 * What the tunnels have carried since, waiting a little until they have counted what is expected.
 * @param bytes that went from host to host, without headers
 */
export async function carriedSince(
  lab: Lab,
  before: TunnelBytes | undefined,
  bytes: number,
  signal: AbortSignal,
): Promise<TunnelBytes> {
  if (before === undefined) return new Map();
  const untilMs = performance.now() + COUNTED_MS;
  let [sum, changedMs] = [0, performance.now()];
  for (;;) {
    const now = (await countTunnels(lab)) ?? before;
    const carried = new Map([...now].map(([name, sent]) => [name, sent - (before.get(name) ?? 0)] as const));
    const counted = [...carried.values()].reduce((total, one) => total + one, 0);
    if (counted !== sum) [sum, changedMs] = [counted, performance.now()];
    // What one tunnel has counted, another one, on the same way, may not have yet.
    const isSettled = sum >= bytes && performance.now() - changedMs >= INTERVAL_MS;
    if (isSettled || performance.now() >= untilMs) return carried;
    await delay(LOOK_MS, undefined, { signal });
  }
}
