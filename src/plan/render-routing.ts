import type { NodeState, RouteState, RoutingSession } from '#lab/state.js';
import type { Plan } from './plan.js';
import type { PlanTable } from './plan-table.js';
import { entryText, routeText, ruleText } from './routing-words.js';

/** Above this number of rows a node's objects of one kind share a row. */
const mostRows = 40;

/** Routes, policy rules, static forwarding entries and routing sessions of all nodes; a plain default route is no news. */
export function routingTable({ nodes }: Plan): PlanTable {
  const groups = nodes.flatMap((node) =>
    objectsOf(node).map(([what, objects]) => ({ node: node.name, what, objects })),
  );
  const total = groups.reduce((sum, { objects }) => sum + objects.length, 0);
  const rows = groups.flatMap(({ node, what, objects }) => {
    const shown = total > mostRows && objects.length > 1 ? [summary(objects)] : objects;
    return shown.map((object) => [node, what, object]);
  });
  const columns = [{ header: 'Node' }, { header: 'What' }, { header: 'Planned', flexible: true }];
  return { title: 'Routing and forwarding', columns, rows };
}

function objectsOf({
  routes,
  rules,
  fdb,
  services,
}: NodeState): ReadonlyArray<readonly [what: string, objects: string[]]> {
  const daemons = services.flatMap(({ routing }) => routing ?? []);
  return [
    ...daemons.map(({ program, sessions }) => [`session of ${program}`, sessions.map(sessionWords)] as const),
    ['route', routes.filter((route) => !isPlain(route)).map(routeText)],
    ['policy rule', rules.map(ruleText)],
    ['forwarding entry', fdb.map(entryText)],
    ...daemons.map(({ program, learns }) => [`route of ${program}`, learns.map(routeText)] as const),
  ];
}

function sessionWords({ peer, neighbour, announces }: RoutingSession): string {
  const [first = 'nothing', ...more] = announces;
  return `with ${peer} (${neighbour}), which is told of ${first}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}

function isPlain({ destination, nextHops }: RouteState): boolean {
  return destination === 'default' && nextHops === undefined;
}

function summary(objects: readonly string[]): string {
  return `${objects.length}: ${objects[0]} … ${objects.at(-1)}`;
}
