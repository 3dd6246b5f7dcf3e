/** From failed flows to the few suspects that explain them. */
import type { FlowProtocol, FlowRequest, FlowResult } from '../check/flow.js';
import { type Scope, type ScopeKind, scopeOrder, scopesOf } from './scopes.js';

/** Something that explains failures: of every flow in its scope none was delivered by these protocols. */
export interface Suspect {
  readonly scope: Scope;
  readonly protocols: readonly FlowProtocol[];
  /** The failures that it explains and that no earlier suspect did. */
  readonly failures: readonly FlowResult[];
  /** Lost witnesses that it explains as well. */
  readonly witnessed: number;
}

/** Measures flows that tell suspects apart: one that is delivered clears every suspect in whose scope it lies,
 * one that is lost speaks against them. */
export type AskWitnesses = (tied: readonly Suspect[]) => Promise<readonly FlowResult[]>;

interface Tally {
  readonly scope: Scope;
  readonly failures: Map<FlowProtocol, FlowResult[]>;
  /** Protocols by which something in this scope was delivered. */
  readonly delivered: Set<FlowProtocol>;
  /** Witnesses in this scope that were lost. */
  witnessed: number;
}

/** Later suspects are found without asking: every round costs the time of lost probes. */
const witnessRounds = 3;
/** Whoever has so many suspects has seen enough; with random loss there would be one for each flow. */
const mostSuspects = 12;

/**
 * The smallest explanation that a greedy search finds: the suspect that explains most first, until every failure is
 * explained or there are too many suspects. Where several explain the same, witnesses are asked, and after them {@link scopeOrder} decides.
 */
export async function blame(results: readonly FlowResult[], askWitnesses?: AskWitnesses): Promise<readonly Suspect[]> {
  const tallies = new Map<string, Tally>();
  for (const result of results) count(tallies, result);
  const unexplained = new Set(results.filter(({ delivered }) => !delivered));
  const found: Suspect[] = [];
  while (unexplained.size > 0 && found.length < mostSuspects) {
    const ask = found.length < witnessRounds ? askWitnesses : undefined;
    const suspect = await worst(tallies, unexplained, ask);
    if (suspect === undefined) break;
    for (const failure of suspect.failures) unexplained.delete(failure);
    found.push(suspect);
  }
  return found;
}

function count(tallies: Map<string, Tally>, result: FlowResult): void {
  for (const scope of scopesOf(result)) {
    const tally = tallies.get(scope.key) ?? { scope, failures: new Map(), delivered: new Set(), witnessed: 0 };
    tallies.set(scope.key, tally);
    if (result.delivered) tally.delivered.add(result.protocol);
    else addFailure(tally, result);
  }
}

function addFailure({ failures }: Tally, result: FlowResult): void {
  const known = failures.get(result.protocol);
  if (known === undefined) failures.set(result.protocol, [result]);
  else known.push(result);
}

async function worst(
  tallies: ReadonlyMap<string, Tally>,
  unexplained: ReadonlySet<FlowResult>,
  askWitnesses: AskWitnesses | undefined,
): Promise<Suspect | undefined> {
  const tied = mostExplaining(tallies, unexplained);
  if (tied.length < 2 || askWitnesses === undefined) return mostTelling(tied);
  for (const witness of await askWitnesses(tied)) hear(tallies, witness);
  const left = mostExplaining(tallies, unexplained);
  const best = Math.max(...left.map(({ witnessed }) => witnessed));
  return mostTelling(left.filter(({ witnessed }) => witnessed === best));
}

function hear(tallies: ReadonlyMap<string, Tally>, { delivered, ...flow }: FlowResult): void {
  for (const { key } of scopesOf(flow)) {
    const tally = tallies.get(key);
    if (delivered) tally?.delivered.add(flow.protocol);
    else if (tally !== undefined) tally.witnessed += 1;
  }
}

function mostExplaining(tallies: ReadonlyMap<string, Tally>, unexplained: ReadonlySet<FlowResult>): readonly Suspect[] {
  const suspects = [...tallies.values()].map((tally) => suspectOf(tally, unexplained));
  const most = Math.max(...suspects.map(({ failures }) => failures.length));
  return most === 0 ? [] : suspects.filter(({ failures }) => failures.length === most);
}

function suspectOf({ scope, failures, delivered, witnessed }: Tally, unexplained: ReadonlySet<FlowResult>): Suspect {
  const explained = [...failures].flatMap(([protocol, lost]) =>
    delivered.has(protocol) ? [] : lost.filter((failure) => unexplained.has(failure)),
  );
  return { scope, protocols: [...new Set(explained.map(({ protocol }) => protocol))], failures: explained, witnessed };
}

/** A kind of scope of which two are left names nobody: h1 or h2 is cut off, and nothing tells which. */
function mostTelling(tied: readonly Suspect[]): Suspect | undefined {
  const ofKind = (kind: ScopeKind) => tied.filter(({ scope }) => scope.kind === kind);
  const telling = scopeOrder.flatMap((kind) => (ofKind(kind).length === 1 ? ofKind(kind) : []));
  return telling[0] ?? tied[0];
}

/** True when a flow lies in the scope. */
export function isInScope(flow: FlowRequest, { key }: Scope): boolean {
  return scopesOf(flow).some((scope) => scope.key === key);
}
