/** Trying features where they leave no trace: in a network namespace that nothing holds afterwards. */
import { programPath } from '../programs.js';
import { LabError } from '../errors.js';
import { NetworkNamespace } from '../kernel/namespace.js';
import { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { Argv } from '../machine/command-line.js';
import { isMachineRoot, mayMakeNamespaces } from '../machine/environment.js';
import { runTool } from '../process.js';
import { BENCH_NAME, type Feature, type FeatureProbe, featureRemedy } from './feature.js';
import { linkProbes } from './links.js';
import { otherProbes } from './others.js';
import { qdiscProbes } from './qdiscs.js';
import { AS_NAMESPACE_ROOT, probeUserNamespaces } from './user-namespaces.js';

const CHILD_TIMEOUT_MS = 30_000;
const childModule = programPath('probe');

const probes = new Map([...linkProbes, ...qdiscProbes, ...otherProbes].map((probe) => [probe.name, probe]));

/** Names of all kernel features that can be tried. */
export const featureNames: readonly string[] = [...probes.keys()];

/**
 * Tries kernel features. Making the first one of a kind may load a kernel module, as any use of it would.
 * @throws LabError for a name that is not among {@link featureNames}, or when no namespace can be made at all
 */
export async function probeFeatures(names: readonly string[]): Promise<Feature[]> {
  const wanted = names.map(probeNamed);
  if (wanted.length === 0) return [];
  return mayMakeNamespaces() && NetworkNamespace.mayReturn() ? await probeHere(wanted) : await probeInChildren(wanted);
}

function probeNamed(name: string): FeatureProbe {
  const probe = probes.get(name);
  if (probe === undefined)
    throw new LabError(`no kernel feature is called "${name}"; there are ${featureNames.join(', ')}`);
  return probe;
}

/** As root, also as root of a sandbox: in this process, in 1 ms and the time of the features. */
async function probeHere(wanted: readonly FeatureProbe[]): Promise<Feature[]> {
  const namespace = NetworkNamespace.create();
  const socket = NetlinkSocket.open(namespace, BENCH_NAME);
  try {
    return await Promise.all(wanted.map((probe) => tryFeature(probe, async () => probe.make({ namespace, socket }))));
  } finally {
    socket.close();
    namespace.close();
  }
}

async function tryFeature(probe: Pick<FeatureProbe, 'name' | 'module'>, make: () => Promise<void>): Promise<Feature> {
  try {
    await make();
    return { name: probe.name, available: true, detail: '', remedy: '' };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const detail = error.message.replace(`${BENCH_NAME}: `, '');
    return { name: probe.name, available: false, detail, remedy: error.remedy ?? featureRemedy(probe) };
  }
}

/**
 * The same as an ordinary user has them, by being one: what root may do says nothing of that.
 * @returns undefined when it could not be tried, as where such a user may not read netlab's files
 * @throws LabError for a name that is not among {@link featureNames}
 */
export async function probeFeaturesAsUser(names: readonly string[]): Promise<Feature[] | undefined> {
  const wanted = names.map(probeNamed);
  const prefix: Argv = isMachineRoot() ? [...AS_SOMEBODY, ...AS_NAMESPACE_ROOT] : AS_NAMESPACE_ROOT;
  const namespaces = await probeUserNamespaces(prefix);
  if (!namespaces.available) return names.map((name) => ({ name, ...namespaces }));
  try {
    return await probeInChildren(wanted, prefix);
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
}

/** Somebody without rights, as `nobody` is in most distributions. */
const AS_SOMEBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] as const;

/** As an ordinary user: Node.js has threads, so it cannot enter a user namespace itself. What a tool can try needs no second Node.js. */
async function probeInChildren(wanted: readonly FeatureProbe[], prefix: Argv = AS_NAMESPACE_ROOT): Promise<Feature[]> {
  const names = wanted.filter(({ tool }) => tool === undefined).map(({ name }) => name);
  const byChild = askChild(prefix, names);
  const byTool = wanted.flatMap(({ tool, ...probe }) =>
    tool === undefined ? [] : [tryFeature(probe, () => tool(prefix))],
  );
  const features = [...(await byChild), ...(await Promise.all(byTool))];
  return wanted.flatMap(({ name }) => features.filter((feature) => feature.name === name));
}

async function askChild(prefix: Argv, names: readonly string[]): Promise<Feature[]> {
  if (names.length === 0) return [];
  const argv = [...prefix, process.execPath, childModule, ...names] as const;
  const { stdout } = await runTool(argv, { timeoutMs: CHILD_TIMEOUT_MS });
  return JSON.parse(stdout) as Feature[];
}
