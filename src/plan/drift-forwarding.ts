import type { ObservedFdbEntry, ObservedNode } from '#lab/lab.js';
import type { FdbState, ForwardingAgent, NodeState } from '#lab/state.js';
import { canonicalAddress } from './drift-address.js';
import type { Drift } from './difference.js';
import { entryText } from './routing-words.js';

const anyMac = '00:00:00:00:00:00';

/** Static forwarding entries that are missing, and those that nobody planned; learned ones come and go. */
export function forwardingDrift(planned: NodeState, observed: ObservedNode): readonly Drift[] {
  const wanted = [...planned.fdb, ...defaultEntries(planned)].map(entryText);
  const seen = observed.fdb.filter(({ origin }) => origin === 'static').map(entryText);
  const [where, what] = [planned.name, 'forwarding entry'];
  return [
    ...wanted.filter((one) => !seen.includes(one)).map((one) => ({ where, what, planned: one, found: 'none' })),
    ...seen.filter((one) => !wanted.includes(one)).map((one) => ({ where, what, planned: 'none', found: one })),
    ...planned.services.flatMap(({ name, forwarding }) =>
      forwarding === undefined ? [] : agentDrift(where, `forwarding entry of ${name}`, forwarding, observed.fdb),
    ),
  ];
}

/** A control plane's entries that are missing or lead elsewhere, and those that lead where no other host is. */
function agentDrift(
  where: string,
  what: string,
  { link, learns, knows }: ForwardingAgent,
  fdb: readonly ObservedFdbEntry[],
): readonly Drift[] {
  const own = fdb.filter((entry) => entry.link === link && entry.origin === 'external');
  const seen = new Set(own.map(entryText));
  const missing = learns.filter((entry) => !seen.has(entryText(entry)));
  const planned = [...learns, ...knows];
  const hosts = new Set(learns.map(placeOf));
  const isRight = (entry: FdbState): boolean =>
    planned.some((one) => entryText(one) === entryText(entry)) ||
    (hosts.has(placeOf(entry)) && planned.every(({ mac }) => mac !== entry.mac));
  const wrong = own.filter((entry) => !isRight(entry));
  return [
    ...missing.map((entry) => ({ where, what, planned: entryText(entry), found: 'none' })),
    ...wrong.map((entry) => ({ where, what, planned: 'none', found: entryText(entry) })),
  ];
}

function placeOf({ destination = '' }: Pick<FdbState, 'destination'>): string {
  return destination === '' ? '' : canonicalAddress(destination);
}

/** The kernel makes an entry of a VXLAN device's `remote`. */
function defaultEntries({ links }: NodeState): readonly FdbState[] {
  return links.flatMap((link) =>
    link.kind === 'vxlan' && link.remote !== undefined
      ? [{ link: link.name, mac: anyMac, destination: link.remote }]
      : [],
  );
}
