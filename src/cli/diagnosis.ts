/** What this machine has of what the strategies need. */
import { availableParallelism } from 'node:os';
import {
  availableOf,
  type Missing,
  missing,
  probeCapabilities,
  type Requirement,
  type UserNamespaces,
} from '#lab/capabilities.js';
import { adapted } from '../plan/adapt.js';
import { makePlan } from '../plan/make-plan.js';
import { netlabVersion } from '../run/version.js';
import { parseScenario } from '../scenario/parse.js';
import type { Decision } from '../scenario/scenario.js';
import { strategies } from '../strategy/index.js';

/** Programs without which no lab can be started; see lab/sandbox.ts. */
const ownPrograms: readonly Requirement[] = ['unshare', 'setpriv'].map((name) => ({
  kind: 'binary',
  name,
  debianPackage: 'util-linux',
  why: 'opens the sandbox that every lab lives in',
}));

/** Something that was tried. */
export interface Finding {
  /** `link:veth`, `nftables`, `program:nft` */
  readonly name: string;
  readonly available: boolean;
  /** The version of a program, or why a feature is missing. */
  readonly detail: string;
  /** Empty when available. */
  readonly remedy: string;
  /** Strategies that need it, or netlab itself. */
  readonly neededBy: readonly string[];
}

export interface StrategyDiagnosis {
  readonly strategy: string;
  readonly title: string;
  readonly missing: readonly Missing[];
  /** Parameters that this machine decides when a scenario leaves them open. */
  readonly decided: readonly Decision[];
}

export interface Diagnosis {
  readonly netlabVersion: string;
  readonly kernel: string;
  readonly node: string;
  readonly cores: number;
  /** Who netlab's labs are root for: the machine, or a user namespace; `none` when no lab can be started. */
  readonly privilege: 'root' | 'user namespace' | 'none';
  readonly userNamespaces: UserNamespaces;
  readonly findings: readonly Finding[];
  readonly strategies: readonly StrategyDiagnosis[];
  /** Nothing that a strategy needs is missing. */
  readonly healthy: boolean;
}

/** Tries everything. Makes nothing that stays. */
export async function examine(): Promise<Diagnosis> {
  const capabilities = await probeCapabilities();
  const { kernel, privilege, userNamespaces, features, binaries } = capabilities;
  const needs = [...strategies.values()].map(({ name, title }) => ({
    name,
    title,
    ...defaultsOf(name, availableOf(capabilities)),
  }));
  const neededBy = neederIndex([{ name: 'netlab', requirements: ownPrograms }, ...needs]);
  const diagnosed = needs.map(({ name, title, requirements, decided }) => ({
    strategy: name,
    title,
    decided,
    missing: missing([...ownPrograms, ...requirements], capabilities),
  }));
  const found = [
    ...features.map(({ name, available, detail, remedy }) => ({ name, available, detail, remedy })),
    ...binaries.map(({ name, version, remedy }) => ({
      name: `program:${name}`,
      available: version !== undefined,
      detail: version ?? 'no such program',
      remedy,
    })),
  ];
  return {
    netlabVersion,
    kernel,
    node: process.versions.node,
    cores: availableParallelism(),
    privilege,
    userNamespaces,
    findings: found.map((one) => ({ ...one, neededBy: neededBy(one.name) })),
    strategies: diagnosed,
    healthy: privilege !== 'none' && diagnosed.every((one) => one.missing.length === 0),
  };
}

/** What the strategy needs with its defaults on this machine, and what of them the machine decides. */
function defaultsOf(
  name: string,
  available: ReadonlySet<string>,
): { readonly requirements: readonly Requirement[]; readonly decided: readonly Decision[] } {
  const strategy = strategies.get(name);
  if (strategy === undefined) return { requirements: [], decided: [] };
  const options = { file: 'defaults', defaultName: name, strategies };
  const scenario = adapted(parseScenario(`strategy: ${name}\n`, options), strategy, available);
  return { requirements: makePlan(scenario, strategy).requirements, decided: scenario.strategy.decided ?? [] };
}

interface Needer {
  readonly name: string;
  readonly requirements: readonly Requirement[];
}

function neederIndex(needers: readonly Needer[]): (finding: string) => readonly string[] {
  return (finding) =>
    needers.flatMap(({ name, requirements }) =>
      requirements.some((one) => findingName(one) === finding) ? [name] : [],
    );
}

function findingName({ kind, name }: Requirement): string {
  if (kind === 'nftables' || kind === 'feature') return kind === 'feature' ? name : 'nftables';
  return kind === 'binary' ? `program:${name}` : `${kind}:${name}`;
}
