/** The plan as a shell script of iproute2 commands, to read, to run by hand, and to check netlab against. */
import { stagesOf } from '#lab/stages.js';
import type { NodeState } from '#lab/state.js';
import type { Plan } from './plan.js';
import { cablesOf, furtherLinkSettings, linkCommands, linkSettings } from './shell-links.js';
import { routingCommands } from './shell-routing.js';
import { serviceCommands, serviceEnd, waitFunction } from './shell-services.js';
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
    ...(hasServices(plan) ? ['', ...waitFunction] : []),
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
    ...(hasServices(plan) ? ['# Files of what runs in them are below /run/netlab.'] : []),
    '# Run as root: sh this-file up; try: ip netns exec netlab-h1 ip address; undo: sh this-file down',
  ];
}

function hasServices({ nodes }: Plan): boolean {
  return nodes.some(({ services }) => services.length > 0);
}

function shellFunction(name: string, body: readonly string[]): readonly string[] {
  // Only the first line of a here-document is indented: the rest is the text itself.
  return [`${name}() {`, ...body.map((command) => (command === '' ? '' : `  ${command}`)), '}'];
}

function upCommands({ nodes }: Plan): readonly string[] {
  const cables = cablesOf(nodes);
  // What services make, and what stands on that, can be configured only when they are there.
  const { early, late } = stagesOf(nodes);
  const stage = (states: readonly NodeState[], settings: typeof linkSettings, which = '') => [
    ...perNode(states, `links${which}`, (node) => linkCommands(node, cables)),
    ...perNode(states, `sysctls, addresses${which}`, (node) => [...sysctlCommands(node), ...settings(node)]),
    // A route needs its gateway's link to have a carrier, and so both ends of the cable up.
    ...perNode(states, `routes, packet filter${which}`, (node) => [...routingCommands(node), ...rulesetCommands(node)]),
  ];
  return [
    ...nodes.flatMap(namespaceCommands),
    ...stage(early, linkSettings),
    ...servicesOf(early),
    ...stage(late, furtherLinkSettings, ' of what the services made'),
  ];
}

/** Of a node that shares the network of another one, a second name for the same namespace. */
function namespaceCommands({ name, sharesNetworkOf }: NodeState): readonly string[] {
  if (sharesNetworkOf === undefined) return [commandLine('ip', 'netns', 'add', namespaceOf(name))];
  const [own, shared] = [name, sharesNetworkOf].map((node) => `/run/netns/${namespaceOf(node)}`);
  return [commandLine('touch', own), commandLine('mount', '--bind', shared, own)];
}

function perNode(
  nodes: readonly NodeState[],
  what: string,
  commands: (node: NodeState) => readonly string[],
): readonly string[] {
  return nodes.flatMap((node) => {
    const own = commands(node);
    return own.length === 0 ? [] : ['', comment(`${describe(node)}: ${what}`), ...own];
  });
}

/** Node beside node, as those of one may wait for those of another. */
function servicesOf(nodes: readonly NodeState[]): readonly string[] {
  const serving = nodes.filter((node) => node.services.length > 0);
  if (serving.length < 2) return perNode(serving, 'services', serviceCommands);
  const beside = perNode(serving, 'services', (node) => [
    '(',
    ...serviceCommands(node).map((command) => `  ${command}`),
    ') &',
    'serving="$serving $!"',
  ]);
  return ['', 'serving=', ...beside, '', 'for pid in $serving; do wait "$pid"; done'];
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

function execute(node: NodeState, ...words: readonly string[]): string {
  return commandLine('ip', 'netns', 'exec', namespaceOf(node.name), ...words);
}

/** With a namespace everything in it goes, and with one end of a cable the other. */
function downCommands({ nodes }: Plan): readonly string[] {
  return nodes.flatMap((node) => [
    ...serviceEnd(node),
    `${commandLine('ip', 'netns', 'delete', namespaceOf(node.name))} 2>/dev/null || true`,
  ]);
}
