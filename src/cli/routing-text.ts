/** Where a node sends things, for `netlab inspect`: routes, policy rules, neighbours, forwarding entries, routing sessions. */
import type { ObservedNextHop, ObservedNode } from '#lab/lab.js';
import type { ObservedRouting } from '#lab/routing.js';
import type { Column, TableCell } from '../report/table.js';

/** A table with its name; one without rows is left out by whoever shows it. */
export interface Section {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly TableCell[])[];
}

export function routingSections(observed: ObservedNode): readonly Section[] {
  return [routes(observed), rules(observed), neighbours(observed), forwardingEntries(observed)];
}

/** Of each daemon; one that could not be asked says why. */
export function sessionSection(daemons: readonly ObservedRouting[]): Section {
  const rows = daemons.flatMap(({ service, problem, sessions }): Section['rows'] => {
    if (problem !== undefined) return [[service, '-', { text: problem, tone: 'bad' }, '-']];
    return sessions.map(({ name, isUp, state, announced }) => [
      service,
      name,
      isUp ? state : { text: state, tone: 'bad' },
      announced.join(', ') || '-',
    ]);
  });
  const columns = [
    { header: 'Daemon' },
    { header: 'Session' },
    { header: 'State', flexible: true },
    { header: 'Announces', flexible: true },
  ];
  return { name: 'Routing sessions', columns, rows };
}

function section(name: string, headers: readonly string[], rows: Section['rows']): Section {
  return { name, columns: headers.map((header) => ({ header })), rows };
}

/** A row for each next hop; only the first names the route. */
function routes({ routes: found }: ObservedNode): Section {
  const rows = found.flatMap((route) => {
    const { destination, source, mtuBytes, metric, kind, protocol } = route;
    const rest = [source ?? '-', number(metric), number(mtuBytes), kind, protocol];
    return (route.nextHops ?? [route]).map((hop, index) =>
      index === 0 ? [destination, ...ways(hop), ...rest] : ['', ...ways(hop), ...rest.map(() => '')],
    );
  });
  return section('Routes', ['Destination', 'Via', 'Link', 'Source', 'Metric', 'MTU', 'Kind', 'Protocol'], rows);
}

function ways({ via = '-', link = '-', onLink }: ObservedNextHop): readonly [string, string] {
  return [via, onLink === true ? `${link}, on-link` : link];
}

function number(value: number | undefined): string {
  return value === undefined ? '-' : String(value);
}

/** Those that every namespace has from the beginning are not shown. */
function rules({ rules: found }: ObservedNode): Section {
  const rows = found
    .filter(({ protocol }) => protocol !== 'kernel')
    .map(({ priority, family, from, to, conditions, action, table, protocol }) => [
      String(priority),
      family === 'ipv4' ? 'IPv4' : 'IPv6',
      from ?? 'all',
      to ?? 'all',
      conditions.join(', ') || '-',
      action === 'lookup' ? `table ${table}` : action,
      protocol,
    ]);
  return section('Policy rules', ['Priority', 'Family', 'From', 'To', 'If', 'Then', 'Protocol'], rows);
}

function neighbours({ neighbours: found }: ObservedNode): Section {
  const rows = found.map(({ address, link, mac, permanent }) => [address, link, mac ?? '-', permanent ? 'yes' : 'no']);
  return section('Neighbours', ['Neighbour', 'Link', 'MAC', 'Permanent'], rows);
}

/** The ports' own addresses are not shown. */
function forwardingEntries({ fdb }: ObservedNode): Section {
  const rows = fdb
    .filter(({ origin }) => origin !== 'local')
    .map(({ mac, link, destination, origin }) => [mac, link, destination ?? '-', origin]);
  return section('Forwarding entries', ['MAC', 'Link', 'To VTEP', 'Origin'], rows);
}
