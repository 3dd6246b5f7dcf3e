/** Where frames are switched: in the kernel or in Open vSwitch's own process, and what each of the two needs. */
import type { Decision } from '../../scenario/scenario.js';
import type { Infrastructure, Requirement } from '../contract.js';

/** The parameters that matter here. */
export interface DatapathChoice {
  readonly datapath: 'auto' | 'kernel' | 'userspace';
  readonly tunnel: 'gre' | 'vxlan' | 'geneve';
}

/** The kernel's device for each kind of tunnel. Open vSwitch's own datapath wraps frames itself. */
const kernelKinds = { gre: 'gretap', vxlan: 'vxlan', geneve: 'geneve' } as const;
const module = 'openvswitch';

/** Whether Open vSwitch switches in its own process; so does what nobody has decided. */
export const isUserspace = ({ datapath }: DatapathChoice): boolean => datapath !== 'kernel';

export function probesFor({ datapath, tunnel }: DatapathChoice): readonly string[] {
  return datapath === 'auto' ? [module, `link:${kernelKinds[tunnel]}`] : [];
}

export function decideDatapath(choice: DatapathChoice, available: ReadonlySet<string>): readonly Decision[] {
  if (choice.datapath !== 'auto') return [];
  const kind = kernelKinds[choice.tunnel];
  const lacking = [
    ...(available.has(module) ? [] : [`${module} datapath`]),
    ...(available.has(`link:${kind}`) ? [] : [`${kind} device`]),
  ];
  const parameter = 'datapath';
  if (lacking.length === 0) return [{ parameter, value: 'kernel', why: `this kernel has ${module} and ${kind}` }];
  return [{ parameter, value: 'userspace', why: `this kernel has no ${lacking.join(' and no ')}` }];
}

export function needsOf(choice: DatapathChoice): Infrastructure {
  const kernelFeatures = isUserspace(choice) ? ['tun'] : [module, kernelKinds[choice.tunnel]];
  return { daemons: ['ovsdb-server', 'ovs-vswitchd'], listeners: [], kernelFeatures, forEgress: ['nftables nat'] };
}

export function requirementsOf(choice: DatapathChoice): readonly Requirement[] {
  return [
    { kind: 'link', name: 'veth', why: 'cables between nodes' },
    { kind: 'link', name: 'bridge', why: 'docker0 on each host' },
    ...(isUserspace(choice) ? userspaceNeeds : kernelNeeds(choice)),
    program('ovsdb-server', "keeps each host's configuration of Open vSwitch"),
    program('ovs-vswitchd', 'switches, and wraps frames for the other hosts'),
    program('ovs-vsctl', 'makes br0 and its tunnels'),
    program('ip', 'tells when docker0 has its address', 'iproute2'),
    { kind: 'nftables', name: 'masquerade', why: 'egress: the hosts masquerade what leaves docker0' },
    program('nft', 'loads the masquerading rules', 'nftables'),
  ];
}

function program(name: string, why: string, debianPackage = 'openvswitch-switch'): Requirement {
  return { kind: 'binary', name, debianPackage, why };
}

const userspaceNeeds: readonly Requirement[] = [
  {
    kind: 'link',
    name: 'tun',
    why: "Open vSwitch's own datapath reaches the host by tap devices, through /dev/net/tun",
  },
  program('ethtool', 'has the lab finish checksums before frames reach a host, as a real wire has them', 'ethtool'),
];

function kernelNeeds({ tunnel }: DatapathChoice): readonly Requirement[] {
  return [
    { kind: 'feature', name: module, why: 'switches in the kernel' },
    { kind: 'link', name: kernelKinds[tunnel], why: 'wraps frames for the other hosts' },
  ];
}
