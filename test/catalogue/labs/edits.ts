/** Changes of a plan that nobody could make later, since daemons read their files when they start. */
import type { NodeState, ServiceState } from '#lab/state.js';
import type { Plan } from '#src/plan/plan.js';
import { withNode } from '../../support/sandboxed-lab.js';

/** The plan with the files changed whose paths end so. */
export function withFile(plan: Plan, node: string, end: string, edit: (content: string) => string): Plan {
  const edited = (service: ServiceState): ServiceState => ({
    ...service,
    files: Object.fromEntries(
      Object.entries(service.files ?? {}).map(([path, text]) => [path, path.endsWith(end) ? edit(text) : text]),
    ),
  });
  return withNode(plan, node, (state) => ({ ...state, services: state.services.map(edited) }));
}

/** The plan with a node's links changed. */
export function withLinks(
  plan: Plan,
  node: string,
  edit: (link: NodeState['links'][number]) => NodeState['links'][number],
): Plan {
  return withNode(plan, node, (state) => ({ ...state, links: state.links.map(edit) }));
}
