import type { ObservedNode } from '#lab/lab.js';
import type { FdbState, NodeState } from '#lab/state.js';
import type { Drift } from './drift.js';
import { entryText } from './routing-words.js';

const anyMac = '00:00:00:00:00:00';

/** Static forwarding entries that are missing, and those that nobody planned; learned ones and a control plane's come and go. */
export function forwardingDrift(planned: NodeState, observed: ObservedNode): readonly Drift[] {
  const wanted = [...planned.fdb, ...defaultEntries(planned)].map(entryText);
  const seen = observed.fdb.filter(({ origin }) => origin === 'static').map(entryText);
  const [where, what] = [planned.name, 'forwarding entry'];
  return [
    ...wanted.filter((one) => !seen.includes(one)).map((one) => ({ where, what, planned: one, found: 'none' })),
    ...seen.filter((one) => !wanted.includes(one)).map((one) => ({ where, what, planned: 'none', found: one })),
  ];
}

/** The kernel makes an entry of a VXLAN device's `remote`. */
function defaultEntries({ links }: NodeState): readonly FdbState[] {
  return links.flatMap((link) =>
    link.kind === 'vxlan' && link.remote !== undefined
      ? [{ link: link.name, mac: anyMac, destination: link.remote }]
      : [],
  );
}
