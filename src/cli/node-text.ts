/** `netlab inspect` for people. */
import type { ObservedLink, ObservedNode } from '#lab/lab.js';
import type { NodeReport } from '../inside/requests.js';
import type { Drift } from '../plan/drift.js';
import { marks, paint, type Style } from '../report/style.js';
import { renderTable, type TableCell } from '../report/table.js';
import { count } from '../report/text.js';
import { routingSections, type Section, sessionSection } from './routing-text.js';

/** All nodes of a lab: a row for each link that carries something, then what differs from the plan. */
export function renderNodes(nodes: readonly NodeReport[], style: Style): string {
  const columns = [
    { header: 'Node' },
    { header: 'Role' },
    { header: 'Link' },
    { header: 'MTU', align: 'right' as const },
    { header: 'Addresses', flexible: true },
    { header: 'Differs', flexible: true },
  ];
  const rows = nodes.flatMap(({ planned, observed, drift }) => {
    const links = observed.links.filter(({ name }) => name !== 'lo');
    const addressed = links.filter(({ addresses }) => addresses.some(isGlobal));
    const differs = drift.length === 0 ? '-' : { text: count(drift.length, 'difference'), tone: 'warn' as const };
    const role = planned.host === undefined ? planned.role : `${planned.role} on ${planned.host}`;
    if (addressed.length === 0) return [[planned.name, role, count(links.length, 'link'), mtus(links), '-', differs]];
    return addressed.map((link, index): readonly TableCell[] => [
      index === 0 ? planned.name : '',
      index === 0 ? role : '',
      link.name,
      String(link.mtuBytes),
      link.addresses.filter(isGlobal).join(', '),
      index === 0 ? differs : '',
    ]);
  });
  return `${[
    renderTable(columns, rows, style),
    ...driftBlocks(
      nodes.flatMap(({ drift }) => drift),
      style,
    ),
  ].join('\n\n')}\n`;
}

const isGlobal = (address: string): boolean => !address.startsWith('fe80:');

function mtus(links: readonly ObservedLink[]): string {
  return [...new Set(links.map(({ mtuBytes }) => mtuBytes))].join(', ') || '-';
}

/** Everything of one node. */
export function renderNode({ planned, observed, drift, routing, leases }: NodeReport, style: Style): string {
  const title = `${paint(style, 'strong', planned.name)} ${planned.host === undefined ? planned.role : `${planned.role} on ${planned.host}`}`;
  const tables = [linksTable(observed), ...routingSections(observed), sessionSection(routing)];
  const blocks = tables
    .filter(({ rows }) => rows.length > 0)
    .map(({ name, columns, rows }) => `${paint(style, 'strong', name)}\n${renderTable(columns, rows, style)}`);
  const rules =
    planned.nftables === '' ? [] : [`${paint(style, 'strong', 'nftables, as planned')}\n${planned.nftables.trimEnd()}`];
  // As `network-wrapper inspect` prints it.
  const leased = leases.map((lease) => `${paint(style, 'strong', 'Lease')}\n${JSON.stringify(lease, null, 4)}`);
  return `${[title, ...blocks, ...leased, ...rules, ...driftBlocks(drift, style)].join('\n\n')}\n`;
}

function linksTable({ links }: ObservedNode): Section {
  const columns = [
    { header: 'Link' },
    { header: 'Kind' },
    { header: 'State' },
    { header: 'MTU', align: 'right' as const },
    { header: 'MAC' },
    { header: 'In' },
    { header: 'Addresses', flexible: true },
  ];
  const rows = links.map((link) => [
    link.name,
    link.kind || '-',
    linkState(link),
    String(link.mtuBytes),
    link.mac || '-',
    link.master ?? '-',
    link.addresses.join(', ') || '-',
  ]);
  return { name: 'Links', columns, rows };
}

function linkState({ up, running, portState }: ObservedLink): TableCell {
  if (!up) return { text: 'down', tone: 'bad' };
  if (!running) return { text: 'no carrier', tone: 'warn' };
  return portState ?? 'up';
}

function driftBlocks(drift: readonly Drift[], style: Style): readonly string[] {
  if (drift.length === 0) return [`${paint(style, 'good', marks(style).good)} as planned`];
  const columns = [
    { header: 'Where' },
    { header: 'What', flexible: true },
    { header: 'Planned', flexible: true },
    { header: 'Found', flexible: true },
  ];
  const rows = drift.map(({ where, what, planned, found }) => [where, what, planned, found]);
  return [`${paint(style, 'warn', 'Differs from the plan')}\n${renderTable(columns, rows, style)}`];
}
