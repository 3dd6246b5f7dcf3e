/** Positive controls: the same probe for an address that is there must be answered, or silence proves nothing. Pure. */
import type { Family } from '#lab/sockets.js';
import type { Endpoint } from '../../plan/plan.js';
import { siteOf } from '../blame/scopes.js';
import { enumerate } from '../words.js';

/** Controls per endpoint: one near by, the others elsewhere. */
const farControls = 2;

/** A probe for an address that is there, sent from another node. */
export interface ControlProbe {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly family: Family;
}

export interface Control extends ControlProbe {
  readonly answered: boolean;
}

/** A link on which no control of a family was answered. */
export interface DeafLink {
  readonly node: string;
  readonly link: string;
  readonly why: string;
}

function familiesOf({ ipv6 }: Endpoint): readonly Family[] {
  return ipv6 === undefined ? ['ipv4'] : ['ipv4', 'ipv6'];
}

/** The next one on the same host, and one each of the next other places. */
export function controlsOf(from: Endpoint, all: readonly Endpoint[]): readonly ControlProbe[] {
  const start = all.indexOf(from) + 1;
  const others = [...all.slice(start), ...all.slice(0, start)].filter((other) => other.ipv4 !== from.ipv4);
  const near = others.filter((other) => siteOf(other) === siteOf(from)).slice(0, 1);
  const places = new Map<string, Endpoint>();
  for (const other of others)
    if (siteOf(other) !== siteOf(from) && !places.has(siteOf(other))) places.set(siteOf(other), other);
  const targets = [...near, ...[...places.values()].slice(0, farControls)];
  return targets.flatMap((to) =>
    familiesOf(from)
      .filter((family) => to[family] !== undefined)
      .map((family) => ({ from, to, family })),
  );
}

/** Names what the sender hears when the control is answered. */
export function answerKey({ from, to, family }: ControlProbe): string {
  return `${from.node} ${to[family]}`;
}

/** @param waitedMs how long answers had time */
export function deafLinks(
  batch: readonly Endpoint[],
  controls: readonly Control[],
  problems: ReadonlyMap<string, string>,
  waitedMs: number,
): readonly DeafLink[] {
  return batch.flatMap(({ node, link }) => {
    const own = controls.filter(({ from }) => from.node === node);
    const isDeaf = (family: Family) => {
      const asked = own.filter((control) => control.family === family);
      return asked.length > 0 && asked.every(({ answered }) => !answered);
    };
    const unanswered = own.filter(({ family }) => isDeaf(family)).map(({ to, family }) => `${to[family]} (${to.node})`);
    const problem = problems.get(node);
    if (problem === undefined && unanswered.length === 0) return [];
    return [{ node, link, why: problem ?? `no answer within ${waitedMs} ms from ${enumerate(unanswered)}` }];
  });
}
