import type { BrokenLab, Change } from '../broken-lab.js';

const lab = {
  strategy: 'bridge-l2',
  containers: 1,
  services: [{ name: 'web', port: 80, containers: ['h1c1', 'h2c1'] }],
  discovery: { kind: 'consul', agents: 'host' },
} as const;

/** Ends the process of this node in whose command line this is. */
const kill = (node: string, part: string): Change => [
  node,
  `own=$(readlink /proc/self/ns/net); found=1
for one in /proc/[0-9]*; do
  [ "$one" != "/proc/$$" ] && [ "$(readlink "$one/ns/net")" = "$own" ] && grep -q '${part}' "$one/cmdline" || continue
  kill -KILL "\${one#/proc/}" && found=0
done; exit $found`,
];

/** Ways of breaking service discovery. */
export const discovery: readonly BrokenLab[] = [
  {
    title: 'a service that is registered with the address of its host, and another port',
    lab,
    needs: 'consul',
    changes: [['h1', 'consul services register -name web -id other -address 10.1.0.1 -port 8080']],
    finds: {
      'service-discovery': [
        { where: 'h1', words: ["which is the host h1: the container's own address is not what was registered"] },
        { where: /^h[12]$/u, words: ['a port that the containers do not serve at', '8080'] },
      ],
    },
  },
  {
    title: 'an agent that is dead',
    lab,
    needs: 'consul',
    changes: [kill('h2', 'discovery-consul/agent')],
    finds: {
      'service-discovery': { where: 'h2', words: ['the agent of h2 does not answer h2c1, which asks 10.1.0.2'] },
    },
  },
];
