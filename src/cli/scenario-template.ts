/** What `netlab init` writes: every field with its default, or with an example that only needs to be uncommented. */
import { inputSchema, type JsonSchema } from '../scenario/json-schema.js';
import { didYouMean } from '../scenario/nearest.js';
import { promiseNames } from '../declaration/promise.js';
import { faultNames } from '../scenario/fault.js';
import { tolerableRules } from '../scenario/scenario.js';
import { wrap } from '../report/text.js';
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
# What stands here without # is the default. A key right behind # (#name) works as soon as that # is gone.
#
# For completion in an editor: netlab schema scenario > scenario.schema.json, and as the first line of this file
# yaml-language-server: $schema=./scenario.schema.json

# By default the name of the file.
#name: my-cluster`;

const cluster = `cluster:
  # The machines that run containers: a number, or a list of { name, containers, slice, address, mtu }, such as
  # [{ name: db, containers: 3 }, { name: web }]
  hosts: 2
  # Containers of every host: a number, or a list of { name, address, mac, mtu, groups }, such as
  # [{ mtu: 1400 }, {}]
  containers: 2
  # Machines on the LAN that are no cluster hosts: a number, or a list of { name, address }, such as
  # [{ name: laptop }]
  outsiders: 1
  # IPv6 beside IPv4.
  ipv6: true
  underlay:
    # What is between the hosts: switch is one flat layer-2 LAN, routed puts each host behind a router.
    kind: switch
    # MTU of the wire in bytes.
    mtu: 1500
    # Family of the addresses by which hosts know each other: ipv4 or ipv6. What tunnels run over.
    family: ipv4
    # Hosts behind a router that translates addresses, where kind is routed: [h1]
    nat: []
    # Further cables between two hosts, which make a loop, where kind is switch, such as
    # [[h1, h2]]
    extraLinks: []`;

const expectations = `# Services by name, and the containers that serve them.
#services: [{ name: web, port: 80, containers: [h1c1, h2c1] }]

# How containers find services: none, consul; { kind: consul, agents: container }: with an agent in each container, too.
#discovery: consul

# Ordered pairs that reachability checks probe: all, a covering design, or auto, which decides by size.
coverage: auto

# Expectations that differ from what the strategy declares, by promise: promised, absent or silent. The promises:
${commentedList(promiseNames)}
#expect: { egress: absent }

# Measure only these promises; without this every one.
#only: [container-to-container, path-mtu]

# Or leave these out.
#except: [throughput]

# What is broken before the promises are measured, in this order:
${commentedList(faultNames)}
#faults: [{ link-down: { at: "h1:eth1" } }]

# Rules that this scenario breaks on purpose, to see what happens:
${commentedList(tolerableRules)}
#tolerate: [overlapping-slices]
`;

function unknownStrategy(name: string): UsageError {
  const names = [...strategies.keys()];
  const hint = didYouMean(name, names);
  const message = `there is no strategy ${JSON.stringify(name)}${hint === undefined ? '' : `; ${hint}`}`;
  return new UsageError(message, { remedy: `choose one of: ${names.join(', ')}` });
}

/** The strategy's parameters with their defaults; those without one with an example, to be uncommented. */
function parameterLines({ properties = {} }: JsonSchema): readonly string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const { description, default: value, examples } = schema;
    const comment = typeof description === 'string' ? wrap(description, 112).map((line) => `  # ${line}`) : [];
    const [example] = Array.isArray(examples) ? (examples as readonly unknown[]) : [];
    return [...comment, value === undefined ? `  #${name}: ${flow(example)}` : `  ${name}: ${flow(value)}`];
  });
}

/** In one line, as JSON, which is YAML too, with blanks. */
function flow(value: unknown): string {
  return JSON.stringify(value, null, 1).replaceAll(/\n\s*/gu, ' ');
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
