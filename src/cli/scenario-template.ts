/** What `netlab init` writes: every field with its default, commented. */
import { inputSchema, type JsonSchema } from '../scenario/json-schema.js';
import { didYouMean } from '../scenario/nearest.js';
import { promiseNames } from '../declaration/promise.js';
import { tolerableRules } from '../scenario/scenario.js';
import { strategies } from '../strategy/index.js';
import { UsageError } from './usage-error.js';

/**
 * @param runAs how the file is named on the command line
 * @throws UsageError when there is no such strategy
 */
export function scenarioTemplate(strategyName: string, runAs: string): string {
  const strategy = strategies.get(strategyName);
  if (strategy === undefined) throw unknownStrategy(strategyName);
  const { name, title, parameters } = strategy;
  const chosen = [`# ${title}.`, 'strategy:', `  name: ${name}`, ...parameterLines(inputSchema(parameters))];
  return [head(runAs), chosen.join('\n'), cluster, expectations].join('\n\n');
}

const head = (
  runAs: string,
) => `# A scenario of netlab: a cluster, how its containers get addresses across hosts, and what is expected of it.
#
#     netlab plan ${runAs}     shows what is built
#     netlab run ${runAs}      builds it, measures every promise, takes it down
#
# For completion in an editor: netlab schema scenario > scenario.schema.json, and as the first line of this file
# yaml-language-server: $schema=./scenario.schema.json`;

const cluster = `cluster:
  # The machines that run containers: a number, or a list such as
  #   hosts: [{ name: db, slice: 10.1.1.0/24, mtu: 1500, containers: 3 }, { name: web }]
  hosts: 2
  # Containers of every host: a number, or a list such as
  #   containers: [{ name: app, address: 10.1.1.10, mac: 02:42:0a:01:01:0a, mtu: 1400 }]
  containers: 2
  # Machines on the LAN that are no cluster hosts: a number, or a list of { name, address }.
  outsiders: 1
  # IPv6 beside IPv4.
  ipv6: true
  underlay:
    # What is between the hosts: switch is one flat layer-2 LAN.
    kind: switch
    # MTU of the wire in bytes.
    mtu: 1500
    # Further cables between two hosts, which make a loop: extraLinks: [[h1, h2]]
    extraLinks: []`;

const expectations = `# Ordered pairs that reachability checks probe: all, a covering design, or auto, which decides by size.
coverage: auto

# Expectations that differ from what the strategy declares, by promise: promised, absent or silent.
# expect:
#   egress: absent

# Measure only these promises; without this every one:
${commentedList(promiseNames)}
# only: [container-to-container, path-mtu]

# Rules that this scenario breaks on purpose, to see what happens:
${commentedList(tolerableRules)}
# tolerate: [overlapping-slices]
`;

function unknownStrategy(name: string): UsageError {
  const names = [...strategies.keys()];
  const hint = didYouMean(name, names);
  const message = `there is no strategy ${JSON.stringify(name)}${hint === undefined ? '' : `; ${hint}`}`;
  return new UsageError(message, { remedy: `choose one of: ${names.join(', ')}` });
}

/** The strategy's parameters with their defaults; those without one as a comment. */
function parameterLines({ properties = {} }: JsonSchema): readonly string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const { description, default: value } = schema;
    const comment = typeof description === 'string' ? [`  # ${description}`] : [];
    return [...comment, value === undefined ? `  # ${name}:` : `  ${name}: ${JSON.stringify(value)}`];
  });
}

function commentedList(words: readonly string[]): string {
  const lines: string[] = [];
  let line = '#  ';
  for (const [index, word] of words.entries()) {
    const piece = ` ${word}${index === words.length - 1 ? '' : ','}`;
    if (line.length + piece.length > 100) {
      lines.push(line);
      line = '#  ';
    }
    line += piece;
  }
  return [...lines, line].join('\n');
}
