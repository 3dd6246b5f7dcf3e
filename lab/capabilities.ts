/** What this machine can do: kernel features by making one of each, programs by their version. */
import { release } from 'node:os';
import { type Binary, knownBinaries, probeBinary } from './capabilities/binaries.js';
import type { Feature } from './capabilities/feature.js';
import { featureNames, probeFeatures, probeFeaturesAsUser } from './capabilities/probing.js';
import { probeUserNamespaces, type UserNamespaces } from './capabilities/user-namespaces.js';
import { isMachineRoot, mayMakeNamespaces } from './machine/environment.js';

export type { Binary } from './capabilities/binaries.js';
export type { Feature } from './capabilities/feature.js';
export { explainUserNamespaces, type UserNamespaces } from './capabilities/user-namespaces.js';

/** Structurally the Requirement of a strategy, see src/strategy/contract.ts. */
export type Requirement =
  | { readonly kind: 'feature'; readonly name: string; readonly why: string }
  | { readonly kind: 'link'; readonly name: string; readonly why: string }
  | { readonly kind: 'nftables'; readonly name: string; readonly why: string }
  | {
      readonly kind: 'binary';
      readonly name: string;
      readonly debianPackage?: string;
      readonly why: string;
      /** Its absence is no reason to refuse a lab. */
      readonly optional?: true;
    };

export interface Capabilities {
  /** Kernel release. */
  readonly kernel: string;
  /** Who netlab's labs would be root for: the machine itself, or a user namespace. */
  readonly privilege: 'root' | 'user namespace' | 'none';
  readonly userNamespaces: UserNamespaces;
  /** Only what was asked for. */
  readonly features: readonly Feature[];
  readonly binaries: readonly Binary[];
}

/** Something that a strategy needs and this machine has not got. */
export interface Missing {
  /** `link vxlan`, `program nft` */
  readonly requirement: string;
  readonly why: string;
  /** The kernel's own words, or that the program is not there. */
  readonly detail: string;
  readonly remedy: string;
}

/** Tries everything that netlab knows of: the table of `netlab doctor`. */
export function probeCapabilities(): Promise<Capabilities> {
  return probe([...featureNames, ...Object.keys(knownBinaries).map((name) => `binary:${name}`)]);
}

/**
 * The same capabilities as an ordinary user of this machine has them: kernel features are tried again as one, programs are
 * the same for all.
 * @returns undefined when it could not be tried
 */
export async function capabilitiesOfUser(capabilities: Capabilities): Promise<Capabilities | undefined> {
  if (capabilities.privilege !== 'root') return capabilities;
  const features = await probeFeaturesAsUser(capabilities.features.map(({ name }) => name));
  return features === undefined ? undefined : { ...capabilities, features };
}

/**
 * Tries only what is asked for.
 * @param names kernel features (`link:veth`, `qdisc:netem`, `nftables`) and programs (`binary:nft`)
 * @throws LabError for an unknown kernel feature
 */
export async function probe(names: readonly string[]): Promise<Capabilities> {
  const binaries = names.filter(isBinary).map((name) => probeBinary(name.slice(BINARY.length)));
  const userNamespaces = await probeUserNamespaces();
  const possible = mayMakeNamespaces() || userNamespaces.available;
  const wanted = names.filter((name) => !isBinary(name));
  const features = possible ? await probeFeatures(wanted) : wanted.map((name) => impossible(name, userNamespaces));
  return {
    kernel: release(),
    privilege: privilegeOf(possible),
    userNamespaces,
    features,
    binaries: await Promise.all(binaries),
  };
}

function privilegeOf(possible: boolean): Capabilities['privilege'] {
  if (!possible) return 'none';
  return isMachineRoot() && mayMakeNamespaces() ? 'root' : 'user namespace';
}

const BINARY = 'binary:';
const isBinary = (name: string): boolean => name.startsWith(BINARY);
const impossible = (name: string, { detail, remedy }: UserNamespaces): Feature => ({
  name,
  available: false,
  detail,
  remedy,
});

/** The name under which a requirement is probed. */
function nameOf({ kind, name }: Requirement): string {
  if (kind === 'nftables') return 'nftables';
  return kind === 'feature' ? name : `${kind}:${name}`;
}

/** Names of what was tried and is there. */
export function availableOf({ features, binaries }: Capabilities): ReadonlySet<string> {
  return new Set([
    ...features.filter(({ available }) => available).map(({ name }) => name),
    ...binaries.filter(({ version }) => version !== undefined).map(({ name }) => `${BINARY}${name}`),
  ]);
}

/**
 * What is not there of what is required, in the order of the requirements.
 * @param capabilities must include what is required
 */
export function missing(requirements: readonly Requirement[], capabilities: Capabilities): Missing[] {
  return requirements.flatMap((requirement) => {
    const lack =
      requirement.kind === 'binary'
        ? lackOfBinary(requirement, capabilities)
        : lackOfFeature(requirement, capabilities);
    return lack === undefined ? [] : [{ requirement: requirementName(requirement), why: requirement.why, ...lack }];
  });
}

type Lack = Pick<Missing, 'detail' | 'remedy'>;

function lackOfBinary(
  { name, debianPackage }: Requirement & { kind: 'binary' },
  { binaries }: Capabilities,
): Lack | undefined {
  const binary = binaries.find((candidate) => candidate.name === name);
  if (binary?.version !== undefined) return undefined;
  return {
    detail: 'no such program',
    remedy:
      binary?.debianPackage === undefined && debianPackage !== undefined
        ? `sudo apt-get install ${debianPackage}`
        : (binary?.remedy ?? ''),
  };
}

function lackOfFeature(requirement: Requirement, { features }: Capabilities): Lack | undefined {
  const feature = features.find(({ name }) => name === nameOf(requirement));
  if (feature === undefined) return { detail: 'was not tried', remedy: 'netlab doctor' };
  return feature.available ? undefined : { detail: feature.detail, remedy: feature.remedy };
}

/** `link vxlan`, `program nft` */
export function requirementName({ kind, name }: Requirement): string {
  if (kind === 'feature') return name;
  return kind === 'binary' ? `program ${name}` : `${kind} ${name}`;
}

/** Tries what is required and tells what is not there. Makes nothing that stays. */
export async function missingRequirements(requirements: readonly Requirement[]): Promise<Missing[]> {
  return missing(requirements, await probe([...new Set(requirements.map(nameOf))]));
}

/** The same for several lists, each thing tried once. */
export async function missingOfEach(lists: ReadonlyArray<readonly Requirement[]>): Promise<Missing[][]> {
  const capabilities = await probe([...new Set(lists.flat().map(nameOf))]);
  return lists.map((requirements) => missing(requirements, capabilities));
}
