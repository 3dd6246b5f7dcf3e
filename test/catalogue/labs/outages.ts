import { withNode } from '../../support/sandboxed-lab.js';
import type { BrokenLab } from '../broken-lab.js';

const small = { containers: 1, outsiders: 0, ipv6: false } as const;

/** Designs that do not survive what they promise to. */
export const outages: readonly BrokenLab[] = [
  {
    title: 'a ring without a spanning tree: after a cut there is no way round',
    lab: {
      strategy: 'bridge-l2',
      ...small,
      extraLinks: [['h1', 'h2']],
      expect: { 'survives-link-loss': 'promised' },
    },
    finds: {
      'survives-link-loss': {
        where: /h1:eth/u,
        words: ['did not come back', 'a broadcast storm ran before', 'no spanning tree had blocked it'],
      },
    },
  },
  {
    // A controller elsewhere set it when the lab was built; the host's own files do not have it.
    title: 'a route that was set once from outside is not there after a reboot',
    lab: { strategy: 'host-gw', ...small },
    built: (plan) => {
      const setOnce = (destination: string) => ['10.4.2.0/24', 'default'].includes(destination);
      const without = withNode(plan, 'h1', (node) => ({
        ...node,
        routes: node.routes.filter(({ destination }) => !setOnce(destination)),
      }));
      const controller = {
        name: 'controller',
        inside: 'h1',
        argv: ['ip', 'route', 'add', '10.4.2.0/24', 'via', '172.16.0.2'],
        ready: { kind: 'done' },
        readyTimeoutMs: 10_000,
        stopGraceMs: 0,
      } as const;
      return withNode(without, 'world', (node) => ({ ...node, services: [controller] }));
    },
    finds: {
      'survives-reboot': { where: 'h1', words: ['h1c1 -> h2c1 did not come back after h1 had rebooted'] },
    },
    keeps: ['container-to-container'],
  },
];
