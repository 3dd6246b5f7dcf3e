/**
 * # unique-address
 *
 * Every container has an address of its own, and nobody has to choose it.
 *
 * ## What it asks
 *
 * Did each container get the address that the design assigns or leases, without a person picking one, and is any IP or
 * MAC address in the cluster twice? An address that a scenario pins (`address:`, `mac:`) is a person's right; only a
 * second holder breaks the promise.
 *
 * ## How it is measured
 *
 * By state: every interface of every node is read over netlink, and each address is looked up among all of them. By the
 * wire: ARP probes as in RFC 5227 and neighbour solicitations from `::` as in RFC 4862 are sent for the addresses of
 * containers, hosts and outsiders, and whoever else answers is a duplicate. A probe for an address that is there must
 * be answered, or silence proves nothing.
 *
 * ## Its limit
 *
 * On the wire only nodes of one segment hear each other. Where hosts share no segment with the containers of others,
 * duplicates between them are found by state alone, and the report says so. A link on which no control probe was
 * answered makes the verdict inconclusive.
 *
 * ## What breaks it
 *
 * Two hosts with the same slice of the subnet, a DHCP server that leases an address twice, a cloned MAC address, a
 * container without the address that it was assigned.
 *
 * ## What to do
 *
 * The report names both holders. Give each host its own slice (`--fixed-cidr`, an IPAM range, a DHCP pool), and let MAC
 * addresses be made from the address or by the kernel.
 */
import type { Plan } from '../../plan/plan.js';
import { aContainer } from '../../check/lacks.js';
import type { CheckOutcome, Evidence } from '../../result/result.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { assignmentEvidence } from './assigned-addresses.js';
import { duplicateEvidence } from './duplicates.js';
import { detectDuplicates, type WireFindings } from './wire-probes.js';
import { type Holders, observeHolders } from '../../probes/holders.js';
import { failed, inconclusive, type Measured, passed } from '../../check/outcome.js';
import { counted, enumerate } from '../../check/words.js';

/** Every container has the address that it was assigned, by the design or in the scenario, and none is there twice. */
export const uniqueAddress: Check = {
  promise: 'unique-address',
  forEveryContainer: true,
  lacks: aContainer,
  title:
    "each container's address is the assigned one, and no IP or MAC is there twice: by every node's own state and by duplicate address detection on the wire",
  sharing: 'shared',
  measure,
};

async function measure(context: CheckContext): Promise<CheckOutcome> {
  const holders = await observeHolders(context.lab);
  const own = planned(context.plan, holders);
  const wire = await detectDuplicates(context, holders);
  const evidence: readonly Evidence[] = [
    ...duplicateEvidence(context.plan, holders, wire.claims),
    ...(await assignmentEvidence(context)),
  ];
  const measured: Measured = {
    summary:
      evidence.length === 0
        ? `${counted(own.addresses, 'address', 'addresses')} and ${counted(own.macs, 'MAC')} on ${counted(own.nodes, 'node')}, each once; every container has what it was assigned`
        : `${counted(evidence.length, 'address problem')} among ${counted(own.nodes, 'node')}`,
    coverage: coverageOf(context, wire),
    observations: [
      { name: 'addresses', value: own.addresses },
      { name: 'addressesPinnedInTheScenario', value: pinned(context.plan) },
      { name: 'macAddresses', value: own.macs },
      { name: 'addressesProbedOnTheWire', value: wire.probed },
      { name: 'controlProbesAnswered', value: wire.controls.filter(({ answered }) => answered).length },
      { name: 'controlProbes', value: wire.controls.length },
    ],
  };
  if (evidence.length > 0) return failed(measured, evidence);
  return deafOutcome(wire, measured) ?? passed(measured);
}

/** What the plan's nodes have. Probe endpoints of other checks are looked at like them, and are not counted. */
function planned({ nodes }: Plan, { addresses, macs }: Holders) {
  const names = new Set(nodes.map(({ name }) => name));
  const count = (holders: Holders['addresses']): number =>
    [...holders.values()].filter((all) => all.some(({ node }) => names.has(node))).length;
  return { nodes: names.size, addresses: count(addresses), macs: count(macs) };
}

function pinned({ cluster }: Plan): number {
  return cluster.hosts.flatMap(({ containers }) => containers).filter(({ assigned }) => assigned === 'manual').length;
}

function coverageOf({ plan }: CheckContext, wire: WireFindings): string {
  const share = wire.probed === wire.possible ? `all ${wire.possible}` : `${wire.probed} of ${wire.possible}`;
  const reach = wire.reachesOtherHosts
    ? ''
    : ', which no other host answers: hosts share no segment with the containers of others';
  return `by state: every interface of all ${plan.nodes.length} nodes; on the wire: ${share} addresses of containers, hosts and outsiders${reach}`;
}

/** Silence from a link on which not even an address that is there was answered proves nothing. */
function deafOutcome(wire: WireFindings, measured: Measured): CheckOutcome | undefined {
  if (wire.deaf.length === 0) return undefined;
  const names = enumerate(wire.deaf.map(({ node }) => node));
  const evidence = wire.deaf.map(({ node, link, why }) => ({
    message: `a probe from ${node} for an address that is there was not answered`,
    where: `${node}:${link}`,
    expected: 'the owner answers',
    seen: why,
  }));
  return inconclusive(
    measured,
    evidence,
    `every node's own state shows each address once, but on the wire ${names} could not be heard, so its silence proves nothing`,
    'See container-to-container and lan-reachable for what is cut off, and repeat.',
  );
}
