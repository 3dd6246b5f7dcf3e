/** The shape of a scenario file. Every field is described; the same schema checks files and is published for editors. */
import { type ZodType, z } from 'zod';
import { AddressError, parseAddress } from '../address/ip.js';
import { parseMac } from '../address/mac.js';
import { parseNetwork } from '../address/prefix.js';
import { maxContainersPerHost, maxHosts } from '../cluster/limits.js';
import { promiseNames } from '../declaration/promise.js';
import { name, text } from './checked-text.js';
import { faultFile } from './fault-file.js';
import { coverages, tolerableRules, underlayKinds } from './scenario.js';

const maxOutsiders = 250;

const ipv4 = text((found) => refusal(() => ipv4Only(parseAddress(found).family))).meta({ format: 'ipv4' });
const slice = text((found) => refusal(() => ipv4Only(parseNetwork(found).family)));
const mac = text((found) => refusal(() => parseMac(found)));
// 68: the smallest MTU of an IPv4 link (RFC 791, ETH_MIN_MTU); 65535: ETH_MAX_MTU (linux/if_ether.h).
const mtu = z.int().min(68).max(65_535);

// RFC 1123 section 2.1: a label of a host name.
const label = text((found) =>
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u.test(found) ? undefined : 'lower case letters, digits and "-", at most 63',
);
const container = z.strictObject({
  name: name.optional().describe("the container's name; by default its host's name and c1, c2 ..."),
  address: ipv4.optional().describe("IPv4 address chosen by hand; by default the next one of its host's slice"),
  mac: mac.optional().describe('MAC address chosen by hand; by default 02:42 and the IPv4 address'),
  mtu: mtu
    .optional()
    .describe(
      "MTU of the container's interface in bytes; by default what its host carries, as the strategy predicts it",
    ),
  groups: z
    .array(label)
    .min(1)
    .max(8)
    .optional()
    .describe('groups that it belongs to; containers that share none are kept apart, where the strategy can'),
});

const containers = z.union([z.int().min(0).max(maxContainersPerHost), z.array(container).max(maxContainersPerHost)]);

const host = z.strictObject({
  name: name.optional().describe("the host's name; by default h1, h2 ..."),
  containers: containers.optional().describe('its containers, as a number or a list; by default cluster.containers'),
  slice: slice
    .optional()
    .describe("IPv4 prefix its containers' addresses come from; by default 10.1.x.0/24 for host x"),
  address: ipv4
    .optional()
    .describe("the host's own IPv4 address on the cluster network; by default 10.1.0.x for host x"),
  mtu: mtu.optional().describe("MTU of the host's eth1 in bytes; by default the wire's"),
});

const outsider = z.strictObject({
  name: name.optional().describe("the machine's name; by default o1, o2 ..."),
  address: ipv4.optional().describe('its IPv4 address; by default 10.1.255.1, 10.1.255.2 ...'),
});

const underlay = z.strictObject({
  kind: z
    .enum(underlayKinds)
    .default('switch')
    .describe('what is between the hosts: switch is one flat layer-2 LAN; routed puts each host behind a router'),
  mtu: mtu.default(1500).describe('MTU of the wire in bytes'),
  family: z
    .enum(['ipv4', 'ipv6'])
    .default('ipv4')
    .describe('family of the addresses by which hosts know each other: what tunnels run over'),
  nat: z
    .array(name)
    .max(maxHosts)
    .default([])
    .describe('hosts behind a router that translates addresses (routed only): [h3]'),
  extraLinks: z
    .array(z.tuple([name, name]))
    .max(maxHosts)
    .default([])
    .describe('further cables between two hosts, beside those to the switch: [[h1, h2]]'),
});

const cluster = z.strictObject({
  hosts: z
    .union([z.int().min(1).max(maxHosts), z.array(host).min(1).max(maxHosts)])
    .default(2)
    .describe('the machines that run containers, as a number or a list'),
  containers: containers.default(2).describe('containers of every host that does not say otherwise'),
  outsiders: z
    .union([z.int().min(0).max(maxOutsiders), z.array(outsider).max(maxOutsiders)])
    .default(1)
    .describe('machines on the LAN that are no cluster hosts, as a number or a list'),
  ipv6: z.boolean().default(true).describe('whether the cluster has IPv6 beside IPv4'),
  underlay: underlay.prefault({}).describe('the network between the hosts'),
});

const service = z.strictObject({
  name: label.describe('its name, a DNS label: web'),
  port: z.int().min(1).max(65_535).default(80).describe('TCP port on which its containers serve'),
  containers: z.array(name).min(1).describe('the containers that serve it: [h1c1, h2c1]'),
});

const discovery = z.strictObject({
  kind: z.enum(['none', 'consul']).describe('consul: an agent on each host answers for web.service.dc1.consul'),
  agents: z.enum(['host', 'container']).default('host').describe('container: an agent in each container, too'),
});

const promise = z.enum(promiseNames);

const strategy = z.union([z.string(), z.looseObject({ name: z.string().describe("the strategy's name") })]);

/** A scenario file as it is written, with the defaults that do not depend on other fields. */
export const scenarioFile = z.strictObject({
  name: name.optional().describe("the scenario's name; by default the file's base name"),
  strategy: strategy.describe(
    'how containers get addresses across hosts: a name, or a mapping with name and parameters',
  ),
  cluster: cluster.prefault({}).describe('hosts, their containers, and what is around them'),
  services: z.array(service).default([]).describe('services by name, and the containers that serve them'),
  discovery: z
    .union([z.enum(['none', 'consul']), discovery])
    .default('none')
    .describe('how containers find services by name'),
  expect: z
    .partialRecord(promise, z.enum(['promised', 'absent', 'silent']))
    .default({})
    .describe('expectations that differ from what the strategy declares, by promise'),
  only: z.array(promise).min(1).optional().describe('the promises to measure; by default every one'),
  except: z.array(promise).min(1).optional().describe('promises to leave out; nothing is measured or said of them'),
  coverage: z
    .enum(coverages)
    .default('auto')
    .describe('ordered pairs that reachability checks probe: all, a covering design, or by size'),
  faults: z
    .array(faultFile)
    .max(64)
    .default([])
    .describe('what is broken before the promises are measured, in this order: [{ link-down: { at: h1:eth1 } }]'),
  tolerate: z
    .array(z.enum(tolerableRules))
    .default([])
    .describe('rules that this scenario breaks on purpose, to see what happens'),
});

export type ScenarioFile = z.output<typeof scenarioFile>;
/** A scenario as one may write it: what has a default may be left out. */
export type ScenarioInput = z.input<typeof scenarioFile>;

/** The part of JSON Schema (draft 2020-12) that zod writes and that is read here. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  /** `false` behind prefixItems: no more entries. */
  readonly items?: JsonSchema | false;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly [keyword: string]: unknown;
}

/** What a zod schema takes, before defaults and transformations, as JSON Schema. */
export function inputSchema(schema: ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

function refusal(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof AddressError) return error.message;
    throw error;
  }
}

function ipv4Only(family: string): void {
  if (family !== 'ipv4') throw new AddressError('it is not IPv4; IPv6 addresses are derived from the IPv4 ones');
}
