/** What changed between two snapshots of the machine, in words. */
import type { Objects } from './network-objects.js';
import type { MachineSnapshot } from './snapshot.js';

/**
 * Links that a kernel module makes by itself in every namespace when it is loaded, as an empty fallback or as spare
 * devices (net/ipv4/ip_gre.c, ipip.c, net/ipv6/sit.c, ip6_tunnel.c, drivers/net/bonding, ifb.c, dummy.c).
 */
const LINKS_OF_MODULES = /^(gre|gretap|erspan|ip6gre|tunl|sit|ip6tnl|ip_vti|ip6_vti|bond|ifb|dummy|teql)\d+$/;
const LINES_SHOWN = 5;

/** Kinds of objects that have names. */
type Kind = 'links' | 'addresses' | 'routes' | 'rules' | 'neighbours' | 'sysctls';

/** One object that is not as it was. */
export interface Change {
  readonly kind: Kind | 'nftables';
  /** As the snapshots name it; empty for the ruleset. */
  readonly name: string;
  /** `link eth7 is new` */
  readonly text: string;
}

/** What is different, one line each: see {@link findChanges}. */
export function compareSnapshots(before: MachineSnapshot, after: MachineSnapshot): string[] {
  return findChanges(before, after).map(({ text }) => text);
}

/**
 * What is different; empty when nothing is. Making the first device of a kind may load a kernel module, which brings
 * sysctls and unused links of its own: that is told by {@link newModules} and is no change here.
 */
export function findChanges(before: MachineSnapshot, after: MachineSnapshot): Change[] {
  const ofModule = newModules(before, after).length > 0 ? isOfModule(before) : () => false;
  const differences = (what: string, kind: Kind): Change[] =>
    compareObjects(what, before[kind], after[kind], (name) => ofModule(kind, name)).map((change) => ({
      kind,
      ...change,
    }));
  return [
    ...differences('link', 'links'),
    ...differences('address', 'addresses'),
    ...differences('route', 'routes'),
    ...differences('rule', 'rules'),
    ...differences('permanent neighbour', 'neighbours'),
    ...compareRulesets(before.nftables, after.nftables).map((text) => ({ kind: 'nftables' as const, name: '', text })),
    ...differences('sysctl', 'sysctls'),
  ];
}

/** Kernel modules that were loaded between two snapshots. They stay until the next start of the machine. */
export function newModules(before: MachineSnapshot, after: MachineSnapshot): string[] {
  return after.modules.filter((name) => !before.modules.includes(name));
}

/** Whether an object that was not there before can have come with a module: a fallback link, or a sysctl that is no link's. */
function isOfModule(before: MachineSnapshot): (key: string, name: string) => boolean {
  return (key, name) => {
    if (key === 'links') return LINKS_OF_MODULES.test(name);
    if (key !== 'sysctls') return false;
    const link = /^net\.ipv[46]\.(?:conf|neigh)\.([^.]+)\./.exec(name)?.[1];
    return link === undefined ? !(name in before.sysctls) : LINKS_OF_MODULES.test(link);
  };
}

function compareObjects(
  what: string,
  before: Objects,
  after: Objects,
  mayAppear: (name: string) => boolean,
): Omit<Change, 'kind'>[] {
  const changed = Object.entries(before).flatMap(([name, was]) => {
    const is = after[name];
    if (is === was) return [];
    const text = is === undefined ? `${what} ${name} is gone` : `${what} ${name} changed from "${was}" to "${is}"`;
    return [{ name, text }];
  });
  const added = Object.keys(after).filter((name) => !(name in before) && !mayAppear(name));
  return [...changed, ...added.map((name) => ({ name, text: `${what} ${name} is new` }))];
}

/** Both must have been read: what is not compared is said elsewhere. */
function compareRulesets(before: string | null, after: string | null): string[] {
  if (before === null || after === null || before === after) return [];
  const [old, now] = [before.split('\n'), after.split('\n')];
  const gone = old.filter((line) => !now.includes(line)).map((line) => `- ${line.trim()}`);
  const added = now.filter((line) => !old.includes(line)).map((line) => `+ ${line.trim()}`);
  const lines = [...gone, ...added];
  const more = lines.length > LINES_SHOWN ? `; and ${lines.length - LINES_SHOWN} more lines` : '';
  return [`nftables ruleset changed: ${lines.slice(0, LINES_SHOWN).join('; ') || 'the order of its lines'}${more}`];
}
