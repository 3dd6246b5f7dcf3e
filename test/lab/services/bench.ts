/** What the tests of services share: a node with lo up, a private directory, daemons written in a line of Node.js. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetworkNamespace } from '#lab/kernel/namespace.js';
import { changeLink } from '#lab/kernel/netlink/link.js';
import { NetlinkSocket } from '#lab/kernel/netlink/socket.js';
import { ConfiguredService, type Site, type UnexpectedExit } from '#lab/services/service.js';
import type { ServiceState } from '#lab/state.js';
import type { ExecutionContext } from 'ava';

/** Everything below is removed and closed when the test ends. */
export interface Bench {
  readonly site: Site;
  readonly root: string;
  readonly exits: UnexpectedExit[];
  readonly service: (state: Partial<ServiceState> & Pick<ServiceState, 'argv'>) => ConfiguredService;
}

export function bench(t: ExecutionContext): Bench {
  const root = mkdtempSync(join(tmpdir(), 'netlab services; $(x)\n '));
  const namespace = NetworkNamespace.create();
  const socket = NetlinkSocket.open(namespace, 'h1');
  socket.execute([changeLink(1, 'lo', { up: true })]);
  socket.close();
  t.teardown(() => {
    namespace.close();
    rmSync(root, { recursive: true, force: true });
  });
  const exits: UnexpectedExit[] = [];
  const site: Site = {
    node: 'h1',
    namespace,
    logDirectory: join(root, 'log'),
    filesRoot: root,
    onUnexpectedExit: (event) => void exits.push(event),
  };
  const defaults = { name: 'daemon', ready: { kind: 'started' }, readyTimeoutMs: 5000, stopGraceMs: 2000 } as const;
  return { site, root, exits, service: (state) => new ConfiguredService({ ...defaults, ...state }, site) };
}

/** A daemon that runs this JavaScript. */
export const script = (code: string): [string, ...string[]] => [process.execPath, '-e', code];

/** Waits until something holds; the test's own timeout is the deadline. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Live processes of a process group. */
export function groupMembers(group: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const [state, , pgrp] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return state !== 'Z' && Number(pgrp) === group;
    } catch {
      return false;
    }
  });
}
