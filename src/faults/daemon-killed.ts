import { Refusal } from '#lab/errors.js';
import type { DaemonKilled } from '../scenario/fault.js';
import type { Fault } from './contract.js';
import { namesOf, nodeProblem } from './places.js';
import { killService, serviceOf, startService } from './services.js';

export const daemonKilled: Fault<DaemonKilled> = {
  name: 'daemon-killed',
  title: 'a daemon is killed and not started again',
  needs: [],
  problem({ node, service }, plan) {
    const found = plan.nodes.find(({ name }) => name === node);
    if (found === undefined) return nodeProblem(plan, node);
    const daemons = found.services.filter(({ ready }) => ready.kind !== 'done');
    if (daemons.some(({ name }) => name === service)) return undefined;
    const message = `${node} runs no service ${JSON.stringify(service)}`;
    return { message, remedy: daemons.length === 0 ? 'It runs none at all.' : `It runs: ${namesOf(daemons)}` };
  },
  subject: ({ node, service }) => `service ${service} of ${node}`,
  async apply({ node, service }, context) {
    const found = await serviceOf(context.lab, node, service);
    if (found?.isRunning !== true) throw new Refusal(`${node}: service ${service} does not run`);
    await killService(context, found);
    return {
      seen: `${node}: ${service}, process ${found.pid}, has ended`,
      mend: async () => await startService(context, node, service),
    };
  },
};
