/** The shape of a fault in a scenario file: a mapping with one key, the fault's name. The command line is checked by it, too. */
import { z } from 'zod';
import { name, namePattern, text } from './checked-text.js';
import { type FaultName, faultNames, type FaultSpec } from './fault.js';

/** dev_valid_name(), net/core/dev.c: at most 15 bytes, no slash, colon or blank. */
const linkPattern = /^[^\s/:]{1,15}$/u;

const link = text((found) => {
  const [node = '', own = '', ...rest] = found.split(':');
  if (rest.length === 0 && namePattern.test(node) && linkPattern.test(own)) return undefined;
  return 'an interface of a node is written NODE:LINK, as in h1:eth1';
});
const at = link.describe('an interface: h1:eth1');
const direction = z.enum(['in', 'out']).default('out').describe('as the node sees it');

const shapes = {
  'link-down': z
    .strictObject({
      at,
      how: z
        .enum(['cable', 'interface'])
        .default('cable')
        .describe('cable: pulled out, and the interface has no carrier; interface: switched off'),
    })
    .describe('a cable is pulled out, or an interface is switched off'),
  'host-crash': z
    .strictObject({ host: name.describe('a host') })
    .describe('the power of a host fails, and its containers are gone with it'),
  partition: z
    .strictObject({
      groups: z
        .array(z.array(name).min(1))
        .min(2)
        .describe('hosts and outsiders that still reach each other: [[h1, h2], [h3]]'),
    })
    .describe('the switches forward nothing between the groups'),
  loss: z
    .strictObject({ at, percent: z.number().min(0.1).max(100).describe('of the packets'), direction })
    .describe('packets are lost at random, in one direction'),
  rate: z
    .strictObject({
      at,
      kbitPerSecond: z.int().min(8).max(10_000_000).describe('what is more waits 50 ms at most and is dropped then'),
      direction,
    })
    .describe('no more than so much gets through, in one direction'),
  mtu: z
    .strictObject({ at, mtuBytes: z.int().min(68).max(65_535).describe('MTU of the interface in bytes') })
    .describe("an interface's MTU shrinks, as on a router in the middle"),
  'icmp-filtered': z
    .strictObject({ node: name.describe('a node, mostly a router') })
    .describe('a node drops ICMP: errors, and so what tells senders the path MTU, and echo'),
  'daemon-killed': z
    .strictObject({ node: name.describe('a node'), service: name.describe('a service of it that runs') })
    .describe('a daemon is killed and not started again'),
  'dhcp-gone': z.strictObject({}).describe('the DHCP server is killed'),
} satisfies Readonly<Record<FaultName, z.ZodObject>>;

/** One fault. */
export const faultFile = z
  .strictObject(shapes)
  .partial()
  .superRefine((found, context) => {
    if (Object.keys(found).length === 1) return;
    const message = `found ${Object.keys(found).length} faults in one entry; allowed: one, of ${faultNames.join(', ')}`;
    context.addIssue({ code: 'custom', message });
  })
  .meta({ minProperties: 1, maxProperties: 1 });

/** From what the schema has passed. */
export function faultSpec(found: z.output<typeof faultFile>): FaultSpec {
  const [[fault, told] = ['', {}]] = Object.entries(found);
  return { fault, ...told } as FaultSpec;
}
