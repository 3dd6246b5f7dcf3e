/** How checks speak of nodes, flows and numbers. */
import type { FlowProtocol, FlowRequest } from './flow.js';

/** `a`, `a and b`, `a, b and c`, and when there are more than `most`: `a, b, c and 7 more`. */
export function enumerate(items: Iterable<string>, most = 6): string {
  const all = [...new Set(items)];
  const shown = all.length > most ? all.slice(0, most - 1) : all;
  const rest = all.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** `1 flow`, `2 flows` */
export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

const protocolNames: Readonly<Record<FlowProtocol, string>> = { icmp: 'ICMP', tcp: 'TCP', udp: 'UDP' };

/** `ICMP, TCP and UDP`, always in this order. */
export function protocolWords(protocols: Iterable<FlowProtocol>): string {
  const used = new Set(protocols);
  const order: readonly FlowProtocol[] = ['icmp', 'tcp', 'udp'];
  return enumerate(order.filter((protocol) => used.has(protocol)).map((protocol) => protocolNames[protocol]));
}

/** `h1c1 (10.1.1.2) -> h2c1 (10.1.2.2) by UDP` */
export function flowWords({ from, to, protocol, family }: FlowRequest): string {
  const end = (endpoint: FlowRequest['from']) => `${endpoint.node} (${endpoint[family] ?? `no ${family}`})`;
  return `${end(from)} -> ${end(to)} by ${protocolNames[protocol]}`;
}

/** The reasons that were given, the most frequent first: `no answer within 500 ms (20 times), EHOSTUNREACH (4 times)`. */
export function tallied(reasons: Iterable<string>): string {
  const times = new Map<string, number>();
  for (const reason of reasons) times.set(reason, (times.get(reason) ?? 0) + 1);
  const ordered = [...times].toSorted(([, a], [, b]) => b - a);
  if (ordered.length === 1) return ordered[0]?.[0] ?? '';
  return enumerate(
    ordered.map(([reason, count]) => `${reason} (${count === 1 ? 'once' : `${count} times`})`),
    4,
  );
}
