/** Rules about addresses and slices, both those in the file and those that the address scheme adds. */
import { toNumber } from '../address/ip.js';
import { contains, containsPrefix, firstAddress, lastAddress, parseNetwork } from '../address/prefix.js';
import { describeSlice, freeAddresses, sliceRange } from '../address/slices.js';
import { capacityOf, hasOwnSlices, hostAddress } from '../cluster/addressing.js';
import { type AddressEntry, containerMacs, fixedAddresses, manualAddresses, slicesOf } from './address-entries.js';
import { at, hostPath } from './places.js';
import type { Finding, Path } from './problem.js';
import type { Rule } from './rule.js';

const capacity: Rule = {
  id: 'too-many-nodes',
  check({ cluster }, addressing) {
    const most = capacityOf(addressing);
    const where = `${addressing.network} with slices of prefix length ${addressing.slicePrefixLength}`;
    return (['hosts', 'outsiders'] as const).flatMap((kind) => {
      const count = cluster[kind].length;
      if (count <= most[kind]) return [];
      return [at(['cluster', kind], { message: `${count} ${kind}`, allowed: `at most ${most[kind]} in ${where}` })];
    });
  },
};

const outsideNetwork: Rule = {
  id: 'outside-network',
  check(scenario, addressing) {
    const network = parseNetwork(addressing.network);
    const allowed = `addresses in ${network.text}, without its first and its last`;
    const edges = [firstAddress(network).text, lastAddress(network).text];
    const nodes = fixedAddresses(scenario, addressing).flatMap(({ path, address, manual }) => {
      if (!manual || (contains(network, address) && !edges.includes(address))) return [];
      return [at(path, { message: `${address} is no node's address in the cluster network`, allowed })];
    });
    const containers = manualAddresses(scenario).flatMap(({ path, address }) =>
      edges.includes(address)
        ? [at(path, { message: `${address} is no node's address in the cluster network`, allowed })]
        : [],
    );
    const slices = slicesOf(scenario, addressing).flatMap(({ path, slice, owner }) => {
      if (containsPrefix(network, slice)) return [];
      return [
        at(path, {
          message: `${owner}'s slice ${slice} is not in the cluster network`,
          allowed: `parts of ${network.text}`,
        }),
      ];
    });
    return [...nodes, ...containers, ...slices];
  },
};

const overlappingSlices: Rule = {
  id: 'overlapping-slices',
  check(scenario, addressing) {
    const all = slicesOf(scenario, addressing);
    const slices = all.filter(({ slice }) => containsPrefix(addressing.network, slice));
    const fixed = fixedAddresses(scenario, addressing).map((entry) => ({ ...entry, number: toNumber(entry.address) }));
    return slices.flatMap((slice, i) => {
      // Those the scheme assigns never overlap each other; of two written ones the second is told of.
      const twin = slices.find(
        (other, j) => other.first <= slice.last && slice.first <= other.last && (other.manual ? j < i : j !== i),
      );
      const inside = fixed.find(
        ({ number, owner }) => owner !== slice.owner && number >= slice.first && number <= slice.last,
      );
      const findings: Finding[] = [];
      if (slice.manual && twin !== undefined) {
        findings.push(
          at(slice.path, {
            message: `${slice.owner}'s slice ${slice.slice} overlaps ${twin.owner}'s slice ${twin.slice}`,
          }),
        );
      }
      if (inside !== undefined) {
        const path = slice.manual ? slice.path : inside.path;
        findings.push(
          at(path, {
            message: `${slice.owner}'s slice ${slice.slice} holds ${inside.address}, the address of ${inside.owner}`,
          }),
        );
      }
      return findings;
    });
  },
};

const addressOutsideSlice: Rule = {
  id: 'address-outside-slice',
  check(scenario, addressing) {
    const slices = slicesOf(scenario, addressing);
    return scenario.cluster.hosts.flatMap(({ name, containers }, i) =>
      containers.flatMap(({ address }, j) => {
        const entry = slices[i];
        if (address === undefined || entry === undefined || contains(entry.slice, address)) return [];
        const message = `${address} is not in ${name}'s slice`;
        return [
          at(hostPath(i, 'containers', j, 'address'), { message, allowed: describeSlice(sliceRange(entry.slice)) }),
        ];
      }),
    );
  },
};

const duplicateAddress: Rule = {
  id: 'duplicate-address',
  check(scenario, addressing) {
    const fixed = fixedAddresses(scenario, addressing);
    // Those nobody wrote come first, so that the written one is told of.
    const entries = [
      ...fixed.filter(({ manual }) => !manual),
      ...fixed.filter(({ manual }) => manual),
      ...manualAddresses(scenario),
    ];
    return [...repeated(entries), ...repeated(containerMacs(scenario, addressing))];
  },
};

/** What people may write depends on where the strategy has addresses from. */
const noChoice: Rule = {
  id: 'no-choice',
  check({ cluster }, addressing) {
    const reason = { slice: '', lease: 'a lease tells it', host: 'containers use the address of their host' };
    const findings: Finding[] = [];
    const refuse = (path: Path, written: unknown, why: string) => {
      if (written !== undefined) findings.push(at(path, { message: `this cannot be chosen here: ${why}` }));
    };
    for (const [i, host] of cluster.hosts.entries()) {
      if (addressing.hostsOn === 'lan') refuse(hostPath(i, 'address'), host.address, 'hosts have it from their LAN');
      if (!hasOwnSlices(addressing))
        refuse(hostPath(i, 'slice'), host.slice, 'hosts have no slices with this strategy');
      if (addressing.containers === 'slice') continue;
      for (const [j, { address, mac }] of host.containers.entries()) {
        refuse(hostPath(i, 'containers', j, 'address'), address, reason[addressing.containers]);
        if (addressing.containers === 'host') refuse(hostPath(i, 'containers', j, 'mac'), mac, reason.host);
      }
    }
    for (const [i, { address }] of cluster.outsiders.entries())
      if (addressing.lan !== null)
        refuse(['cluster', 'outsiders', i, 'address'], address, 'the LAN is another network');
    return findings;
  },
};

const sliceTooSmall: Rule = {
  id: 'slice-too-small',
  check(scenario, addressing) {
    const manual = manualAddresses(scenario).map(({ address }) => toNumber(address));
    return slicesOf(scenario, addressing).flatMap(({ owner, slice }, i) => {
      const host = scenario.cluster.hosts[i];
      const wanted = host?.containers.filter(({ address }) => address === undefined).length ?? 0;
      const own = addressing.hostsOn === 'lan' ? [] : [toNumber(host?.address ?? hostAddress(addressing, i + 1))];
      const range = sliceRange(slice);
      const free = freeAddresses(range, [...own, ...manual]);
      if (wanted <= free) return [];
      const taken = free < range.capacity ? `, ${range.capacity - free} of them taken by hand-written addresses` : '';
      const message = `${wanted} containers are too many: ${owner}'s slice ${describeSlice(range)}${taken}`;
      return [at(hostPath(i, 'containers'), { message })];
    });
  },
};

/** One finding for every written address that an earlier entry has too. */
function repeated(entries: readonly AddressEntry[]): Finding[] {
  const owners = new Map<string, string>();
  return entries.flatMap(({ path, address, owner, manual }) => {
    const first = owners.get(address);
    owners.set(address, first ?? owner);
    return first === undefined || !manual
      ? []
      : [at(path, { message: `${address} belongs to both ${first} and ${owner}` })];
  });
}

const groups: Rule = {
  id: 'groups',
  check({ cluster }) {
    return cluster.hosts.flatMap(({ containers }, i) =>
      containers.flatMap(({ groups: own, address, mac }, j) => {
        if (own === undefined) return [];
        const place = (key: string) => hostPath(i, 'containers', j, key);
        const twin = own.find((name, index) => own.indexOf(name) < index);
        const written = address === undefined ? mac && 'mac' : 'address';
        return [
          ...(twin === undefined ? [] : [at(place('groups'), { message: `it names the group ${twin} twice` })]),
          ...(written ? [at(place(written), { message: 'members of groups get it from their groups' })] : []),
        ];
      }),
    );
  },
};

/** In the order in which their problems are told. */
export const addressRules: readonly Rule[] = [
  capacity,
  outsideNetwork,
  overlappingSlices,
  addressOutsideSlice,
  duplicateAddress,
  sliceTooSmall,
  noChoice,
  groups,
];
