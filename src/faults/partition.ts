import { LabError } from '#lab/errors.js';
import { repeated } from '#lab/repeated.js';
import type { LinkEnd } from '#lab/state.js';
import { enumerate } from '../check/words.js';
import type { Plan } from '../plan/plan.js';
import type { Partition } from '../scenario/fault.js';
import type { Fault, FaultContext } from './contract.js';
import { droppedBy, filtering, loadTable, removeTable, sendBurst, tableName } from './firewall.js';
import { namesOf } from './places.js';

/** Cables straight from host to host are none of the switches' and stay. */
export const partition: Fault<Partition> = {
  name: 'partition',
  title: 'switches forward nothing between groups of hosts',
  needs: filtering,
  problem({ groups }, plan) {
    const machines = plan.nodes.filter(({ role }) => role === 'host' || role === 'outsider');
    const known = new Set(machines.map(({ name }) => name));
    const unknown = groups.flat().find((name) => !known.has(name));
    if (unknown !== undefined)
      return {
        message: `${JSON.stringify(unknown)} is no host or outsider`,
        remedy: `It is one of: ${namesOf(machines)}`,
      };
    const [twice] = repeated(groups.flat());
    if (twice !== undefined) return { message: `${twice} is in two groups` };
    return partedSwitches(plan, groups).length > 0 ? undefined : { message: 'no switch is between these groups' };
  },
  subject: (spec) =>
    `what switches forward between ${spec.groups
      .map((group) => group.join(', '))
      .toSorted()
      .join(' and ')}`,
  async apply(spec, context) {
    const parted = partedSwitches(context.plan, spec.groups);
    const table = tableOf(spec);
    const mend = async (): Promise<string> => {
      const there = parted.filter(({ node }) => context.lab.nodes.has(node));
      for (const { node } of there) await removeTable(context.lab.node(node), table);
      return `${enumerate(parted.map(({ node }) => node))} forwards between the groups`;
    };
    try {
      for (const one of parted) await part(context, one, table);
    } catch (error) {
      await mend();
      throw error;
    }
    return { seen: `${enumerate(parted.map(({ node }) => node))} dropped frames between the groups`, mend };
  },
};

/** A name for each way to part them, so that two partitions do not share a table. */
function tableOf({ groups }: Partition): string {
  return tableName('bridge', 'partition', groups.map((group) => group.join('_')).join('_from_'));
}

interface PartedSwitch {
  readonly node: string;
  /** Of each group that is at this switch: its ports, and where their cables lead. */
  readonly sides: ReadonlyArray<ReadonlyArray<{ readonly port: string; readonly peer: LinkEnd }>>;
}

function partedSwitches(plan: Plan, groups: Partition['groups']): readonly PartedSwitch[] {
  const membersAt = groups.map((group) => new Set([...group, ...routersOf(plan, group)]));
  return plan.nodes.flatMap(({ name, role, links }): readonly PartedSwitch[] => {
    if (role !== 'switch') return [];
    const sides = membersAt.map((members) =>
      links.flatMap((link) =>
        link.kind === 'veth' && members.has(link.peer.node) ? [{ port: link.name, peer: link.peer }] : [],
      ),
    );
    const there = sides.filter(({ length }) => length > 0);
    return there.length < 2 ? [] : [{ node: name, sides: there }];
  });
}

/** A switch between routers knows hosts by the routers of their LANs. */
function routersOf({ cluster: { hosts, sites } }: Plan, group: readonly string[]): readonly string[] {
  const inside = new Set(group);
  return hosts.flatMap(({ name, site }) => (inside.has(name) ? (sites[site]?.router?.name ?? []) : []));
}

async function part({ lab }: FaultContext, { node, sides }: PartedSwitch, table: string): Promise<void> {
  const names = (side: PartedSwitch['sides'][number]): string => side.map(({ port }) => `"${port}"`).join(', ');
  const rules = sides.flatMap((from, i) =>
    sides.flatMap((to, j) =>
      i === j ? [] : [`    iifname { ${names(from)} } oifname { ${names(to)} } counter drop\n`],
    ),
  );
  const chain = `  chain forward {\n    type filter hook forward priority filter; policy accept;\n${rules.join('')}  }\n`;
  const live = lab.node(node);
  await loadTable(live, table, chain);
  // What has no carrier is parted already.
  const links = new Map((await live.observe()).links.map((link) => [link.name, link]));
  const lit = sides.flatMap((side) => side.find(({ port }) => links.get(port)?.running === true) ?? []);
  for (const { peer } of lit) await sendBurst(lab.node(peer.node), peer, { frames: 2, bytes: 60, to: 'segment' });
  if (lit.length > 1 && (await droppedBy(live, table)) === 0)
    throw new LabError(`${node} still forwards frames between the groups`);
}
