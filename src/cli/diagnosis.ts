/** What this machine has of what the strategies need. */
import { availableParallelism } from 'node:os';
import {
  availableOf,
  type Capabilities,
  capabilitiesOfUser,
  type Missing,
  missing,
  probeCapabilities,
  type Requirement,
  requirementName,
  type UserNamespaces,
} from '#lab/capabilities.js';
import { benchPrograms } from '../bench/programs.js';
import { netlabVersion } from '../run/version.js';
import type { Decision } from '../scenario/scenario.js';
import { strategies } from '../strategy/index.js';
import { type Choice, type Needs, needsOf, scenarioChoices } from './needs.js';

/** Programs without which no lab can be started; see lab/sandbox.ts. */
const ownPrograms: readonly Requirement[] = ['unshare', 'setpriv'].map((name) => ({
  kind: 'binary',
  name,
  debianPackage: 'util-linux',
  why: 'opens the sandbox that every lab lives in',
}));

/** What instruments of a benchmark run. */
const measuring: readonly Requirement[] = [...new Set(Object.values(benchPrograms).flat())];

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
  /** Choices other than the defaults that need it: `vxlan (forwarding: kv)`. */
  readonly neededWith: readonly string[];
}

/** A choice other than a default, which needs something more. */
export interface ChoiceDiagnosis {
  readonly parameter: string;
  readonly value: string | boolean;
  /** `program etcd` */
  readonly needs: readonly string[];
  readonly missing: readonly Missing[];
}

export interface StrategyDiagnosis {
  readonly strategy: string;
  readonly title: string;
  readonly missing: readonly Missing[];
  /** What an ordinary user lacks, found out by being one; absent when that could not be tried. */
  readonly missingForUser?: readonly Missing[];
  /** Parameters that this machine decides when a scenario leaves them open. */
  readonly decided: readonly Decision[];
  readonly choices: readonly ChoiceDiagnosis[];
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
  /** What scenarios may ask of any strategy. */
  readonly choices: readonly ChoiceDiagnosis[];
  /** What netlab bench and gate cannot measure without; no strategy needs it. */
  readonly bench: { readonly missing: readonly Missing[] };
  /** Nothing that a strategy needs with its defaults is missing. */
  readonly healthy: boolean;
}

/** Tries everything. Makes nothing that stays. */
export async function examine(): Promise<Diagnosis> {
  const capabilities = await probeCapabilities();
  const ofUser = await capabilitiesOfUser(capabilities);
  const { kernel, privilege, userNamespaces } = capabilities;
  const available = availableOf(capabilities);
  const needs = [...strategies.values()].map((one): NamedNeeds => ({ ...one, ...needsOf(one, available) }));
  const diagnosed = needs.map((one) => diagnose(one, capabilities, ofUser));
  return {
    netlabVersion,
    kernel,
    node: process.versions.node,
    cores: availableParallelism(),
    privilege,
    userNamespaces,
    findings: findingsOf(capabilities, needs),
    strategies: diagnosed,
    choices: scenarioChoices().map((choice) => diagnoseChoice(choice, capabilities)),
    bench: { missing: missing(measuring, capabilities) },
    healthy: privilege !== 'none' && diagnosed.every((one) => one.missing.length === 0),
  };
}

interface NamedNeeds extends Needs {
  readonly name: string;
  readonly title: string;
}

function diagnose(
  { name, title, requirements, decided, choices }: NamedNeeds,
  capabilities: Capabilities,
  ofUser: Capabilities | undefined,
): StrategyDiagnosis {
  const needed = [...ownPrograms, ...requirements];
  return {
    strategy: name,
    title,
    missing: missing(needed, capabilities),
    ...(ofUser === undefined ? {} : { missingForUser: missing(needed, ofUser) }),
    decided,
    choices: choices.map((choice) => diagnoseChoice(choice, capabilities)),
  };
}

function diagnoseChoice({ parameter, value, requirements }: Choice, capabilities: Capabilities): ChoiceDiagnosis {
  return { parameter, value, needs: requirements.map(requirementName), missing: missing(requirements, capabilities) };
}

const choiceName = ({ parameter, value }: Choice): string => `${parameter}: ${value}`;

function findingsOf(capabilities: Capabilities, needs: readonly NamedNeeds[]): readonly Finding[] {
  const neededBy = neederIndex([{ name: 'netlab', requirements: ownPrograms }, ...needs]);
  const neededWith = neederIndex([
    { name: 'netlab bench', requirements: measuring },
    ...scenarioChoices().map((choice) => ({ name: choiceName(choice), requirements: choice.requirements })),
    ...needs.flatMap(({ name, choices }) =>
      choices.map((choice) => ({ name: `${name} (${choiceName(choice)})`, requirements: choice.requirements })),
    ),
  ]);
  const found = [
    ...capabilities.features.map(({ name, available, detail, remedy }) => ({ name, available, detail, remedy })),
    ...capabilities.binaries.map(({ name, version, remedy }) => ({
      name: `program:${name}`,
      available: version !== undefined,
      detail: version ?? 'no such program',
      remedy,
    })),
  ];
  return found.map((one) => ({ ...one, neededBy: neededBy(one.name), neededWith: neededWith(one.name) }));
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
