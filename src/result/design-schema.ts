import { z } from 'zod';
import { lineKinds, shapeKinds } from '../graph/kinds.js';

const names = z.array(z.string());
const bytes = z.number().nonnegative().meta({ description: 'Bytes.' });

const needs = z.object({
  daemons: names,
  listeners: names.meta({ description: 'Listening sockets: udp/4789.' }),
  kernelFeatures: names.meta({ description: 'Beyond veth and bridge.' }),
  programs: names.meta({ description: 'Programs without which the lab cannot be built.' }),
  forEgress: names.meta({ description: 'What only the way out of the cluster needs.' }),
});

const shape = z.object({
  id: z.string(),
  kind: z.enum(shapeKinds),
  title: z.string(),
  lines: names,
  group: z.string().exactOptional(),
});

const line = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(lineKinds),
  label: z.string().exactOptional(),
  odd: z.boolean().meta({ description: 'Its two ends differ where they should not.' }),
});

const topology = z
  .object({
    title: z.string(),
    groups: z.array(z.object({ id: z.string(), title: z.string() })),
    shapes: z.array(shape),
    lines: z.array(line),
  })
  .meta({ description: 'The network as it is drawn.' });

const recovery = z.object({ limitMs: z.number().nonnegative(), why: z.string() });

/** @see DesignFacts */
export const designSchema = z.object({
  title: z.string(),
  underlay: z.object({ kind: z.enum(['switch', 'routed']), mtuBytes: bytes, family: z.enum(['ipv4', 'ipv6']) }),
  mtu: z.object({
    bytes,
    wireBytes: bytes,
    why: z.string(),
    ofHosts: z.record(z.string(), bytes).exactOptional().meta({
      description: 'By host, where they differ: what its containers have, and what passes to hosts that carry as much.',
    }),
  }),
  needs,
  convergence: z.object({ deadlineMs: z.number().nonnegative(), why: z.string() }).exactOptional(),
  recovery: z
    .object({ link: recovery.exactOptional(), host: recovery.exactOptional(), reboot: recovery.exactOptional() })
    .exactOptional()
    .meta({ description: 'How long flows may be interrupted by a loss, by the timers of protocols.' }),
  decided: z
    .array(z.object({ parameter: z.string(), value: z.union([z.string(), z.number(), z.boolean()]), why: z.string() }))
    .exactOptional()
    .meta({ description: 'Parameters of the strategy that the machine decided, and what it went by.' }),
  topology,
});

/** @see MissingNeed */
export const missingSchema = z.array(
  z.object({ requirement: z.string(), why: z.string(), detail: z.string(), remedy: z.string() }),
);
