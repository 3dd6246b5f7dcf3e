/** Small networks for the tests here, made with iproute2 so that they do not rest on netlab's own netlink code. */
import { spawnSync } from 'node:child_process';
import { NetworkNamespace } from '#lab/kernel/namespace.js';
import type { Refusal } from '#lab/sockets.js';
import { nodeSockets, type OwnedNodeSockets } from '#lab/sockets/node-sockets.js';

const made: TestNode[] = [];

/** Open sockets would keep the process of a failed test: to be called after all tests. */
export function closeNodes(): void {
  for (const node of made) node.sockets.close();
}

export interface TestNode {
  readonly namespace: NetworkNamespace;
  readonly sockets: OwnedNodeSockets;
  /** Runs lines of `ip` commands inside the node. */
  ip(...lines: readonly string[]): void;
  run(command: string, ...words: readonly string[]): string;
}

export function makeNode(): TestNode {
  const namespace = NetworkNamespace.create();
  const run = (command: string, words: readonly string[], input = ''): string => {
    const { status, stdout, stderr, error } = namespace.run(() =>
      spawnSync(command, words, { input, encoding: 'utf8' }),
    );
    if (status !== 0) throw new Error(`${command} ${words.join(' ')} ${input}: ${error?.message ?? stderr}`);
    return stdout;
  };
  const node: TestNode = {
    namespace,
    sockets: nodeSockets(namespace),
    ip: (...lines) => void run('ip', ['-batch', '-'], lines.join('\n')),
    run: (command, ...words) => run(command, words),
  };
  made.push(node);
  node.ip('link set lo up');
  // A router asks for its neighbours from its link-local address, which must not be tentative for seconds.
  node.run('sysctl', '-qw', 'net.ipv6.conf.default.dad_transmits=0');
  return node;
}

/** A path that `ip ... netns` takes. */
export function pathOf(node: TestNode): string {
  return `/proc/${process.pid}/fd/${node.namespace.fd}`;
}

export function cable(a: TestNode, aLink: string, b: TestNode, bLink: string): void {
  a.ip(`link add ${aLink} type veth peer name ${bLink} netns ${pathOf(b)}`, `link set ${aLink} up`);
  b.ip(`link set ${bLink} up`);
}

/**
 *     a eth0 10.1.0.1/24, fd00::1/64 ───── eth0 10.1.0.2/24, fd00::2/64 b
 */
export function pair(): { a: TestNode; b: TestNode } {
  const a = makeNode();
  const b = makeNode();
  cable(a, 'eth0', b, 'eth0');
  a.ip('addr add 10.1.0.1/24 dev eth0', 'addr add fd00::1/64 dev eth0 nodad');
  b.ip('addr add 10.1.0.2/24 dev eth0', 'addr add fd00::2/64 dev eth0 nodad');
  return { a, b };
}

/**
 *     a 10.1.0.1, fd00:1::1 ── left (mtu 1500) ─ router ─ right (mtu 1300) ── b 10.2.0.2, fd00:2::2
 */
export function routedPair(): { a: TestNode; router: TestNode; b: TestNode } {
  const [a, router, b] = [makeNode(), makeNode(), makeNode()];
  cable(a, 'eth0', router, 'left');
  cable(b, 'eth0', router, 'right');
  router.ip('link set right mtu 1300', 'addr add 10.1.0.254/24 dev left', 'addr add 10.2.0.254/24 dev right');
  router.ip('addr add fd00:1::ff/64 dev left nodad', 'addr add fd00:2::ff/64 dev right nodad');
  router.run('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  a.ip('addr add 10.1.0.1/24 dev eth0', 'route add default via 10.1.0.254');
  a.ip('addr add fd00:1::1/64 dev eth0 nodad', 'route add default via fd00:1::ff');
  b.ip('addr add 10.2.0.2/24 dev eth0', 'route add default via 10.2.0.254');
  b.ip('addr add fd00:2::2/64 dev eth0 nodad', 'route add default via fd00:2::ff');
  return { a, router, b };
}

/** `count` nodes on one bridge: 10.1.0.1 and so on in /16. */
export function star(count: number): TestNode[] {
  const lan = makeNode();
  lan.ip('link add br0 type bridge forward_delay 0', 'link set br0 up');
  const nodes = Array.from({ length: count }, makeNode);
  const at = (index: number) => `10.1.${index >> 8}.${index & 255}`;
  lan.ip(
    ...nodes.flatMap((node, index) => [
      `link add port${index} type veth peer name eth0 netns ${pathOf(node)}`,
      `link set port${index} master br0 up`,
    ]),
  );
  nodes.forEach((node, index) => {
    node.ip('link set eth0 up', `addr add ${at(index + 1)}/16 dev eth0`);
  });
  return nodes;
}

/** Waits for one call of a callback. @throws when it does not come in time */
export function once<T>(register: (callback: (value: T) => void) => void, timeoutMs = 2000): Promise<T> {
  const promise = new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing within ${timeoutMs} ms`)), timeoutMs);
    register((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
  // A test that fails before it awaits this must not be taken for a crash.
  promise.catch(() => {});
  return promise;
}

/** What a socket's kernel refuses to send next. */
export function refusalOf(socket: { onRefused: (refusal: Refusal) => void }): Promise<Refusal> {
  return once<Refusal>((callback) => {
    socket.onRefused = callback;
  });
}

/** Waits until a condition holds. @throws when it does not in time */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 2000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`condition not met within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
