/** The plan as a shell script of iproute2 commands, to read, to run by hand, and to check netlab against. */
import type { NodeState } from '#lab/state.js';
import type { Plan } from './plan.js';
import { linkCommands, linkSettings } from './shell-links.js';
import { routingCommands } from './shell-routing.js';
import { commandLine, comment, hereDocument, namespaceOf } from './shell-words.js';

/**
 * A POSIX shell script that builds the lab in network namespaces `netlab-NODE` of the machine it runs on, and takes it
 * away: `sh plan.sh up`, `sh plan.sh down`. Needs root, iproute2, and what the plan requires. Ends with a newline.
 */
export function renderShell(plan: Plan): string {
  return `${[
    '#!/bin/sh',
    ...header(plan),
    'set -eu',
    '',
    ...shellFunction('up', upCommands(plan)),
    '',
    ...shellFunction('down', downCommands(plan)),
    '',
    'case "${1:-up}" in',
    '  up) up ;;',
    '  down) down ;;',
    '  *)',
    '    echo "usage: $0 [up|down]" >&2',
    '    exit 2',
    '    ;;',
    'esac',
  ].join('\n')}\n`;
}

function header(plan: Plan): readonly string[] {
  const { hosts } = plan.cluster;
  const containers = hosts.reduce((sum, host) => sum + host.containers.length, 0);
  return [
    comment(`netlab plan of the scenario ${plan.scenario.name}: ${plan.strategy.title} (${plan.strategy.name})`),
    comment(`${hosts.length} hosts, ${containers} containers; predicted MTU ${plan.mtu.bytes} = ${plan.mtu.why}`),
    comment(`digest ${plan.digest}`),
    '#',
    '# Makes one network namespace per node, named netlab-NODE, and touches nothing else.',
    '# Run as root: sh this-file up; try: ip netns exec netlab-h1 ip address; undo: sh this-file down',
  ];
}

function shellFunction(name: string, body: readonly string[]): readonly string[] {
  // Only the first line of a here-document is indented: the rest is the text itself.
  return [`${name}() {`, ...body.map((command) => (command === '' ? '' : `  ${command}`)), '}'];
}

function upCommands({ nodes }: Plan): readonly string[] {
  const made = new Set<string>();
  const perNode = (what: string, commands: (node: NodeState) => readonly string[]) =>
    nodes.flatMap((node) => {
      const own = commands(node);
      return own.length === 0 ? [] : ['', comment(`${describe(node)}: ${what}`), ...own];
    });
  return [
    ...nodes.map(({ name }) => commandLine('ip', 'netns', 'add', namespaceOf(name))),
    ...perNode('links', (node) => linkCommands(node, made)),
    ...perNode('sysctls, addresses', (node) => [...sysctlCommands(node), ...linkSettings(node)]),
    // A route needs its gateway's link to have a carrier, and so both ends of the cable up.
    ...perNode('routes, packet filter', (node) => [
      ...routingCommands(node),
      ...rulesetCommands(node),
      ...daemons(node),
    ]),
  ];
}

function describe({ name, role, host }: NodeState): string {
  return host === undefined ? `${name} (${role})` : `${name} (${role} on ${host})`;
}

function sysctlCommands(node: NodeState): readonly string[] {
  return Object.entries(node.sysctls).map(([name, value]) => execute(node, 'sysctl', '-qw', `${name}=${value}`));
}

function rulesetCommands(node: NodeState): readonly string[] {
  return node.nftables === '' ? [] : [hereDocument(execute(node, 'nft', '-f', '-'), node.nftables)];
}

function daemons({ services }: NodeState): readonly string[] {
  return services.map(({ name, argv }) => comment(`netlab runs ${name} here: ${commandLine(...argv)}`));
}

function execute(node: NodeState, ...words: readonly string[]): string {
  return commandLine('ip', 'netns', 'exec', namespaceOf(node.name), ...words);
}

/** With a namespace everything in it goes, and with one end of a cable the other. */
function downCommands({ nodes }: Plan): readonly string[] {
  return nodes.map(({ name }) => `${commandLine('ip', 'netns', 'delete', namespaceOf(name))} 2>/dev/null || true`);
}
