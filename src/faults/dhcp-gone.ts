import { LabError } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { patiently } from '../probes/patience.js';
import { enumerate } from '../check/words.js';
import type { DhcpGone } from '../scenario/fault.js';
import type { Fault } from './contract.js';
import { killService, startService } from './services.js';

/** RFC 2131: where servers listen. */
const SERVER_SOCKET = 'udp/67';
const LISTEN_MS = 5_000;

/** Whoever listens for DHCP is a server, and all that runs on its machine is gone with it. */
export const dhcpGone: Fault<DhcpGone> = {
  name: 'dhcp-gone',
  title: 'the DHCP server is killed',
  needs: [],
  problem(_, { cluster }) {
    if (cluster.containerAddresses === 'lease') return undefined;
    return { message: 'there is no DHCP server: containers have their addresses from their hosts' };
  },
  async apply(_, context) {
    const { lab, signal } = context;
    const servers = serversOf(lab);
    if (servers.length === 0) throw new LabError('nobody listens for DHCP');
    const running = lab.services().filter(({ node, isRunning }) => isRunning && servers.includes(node));
    for (const service of running) await killService(context, service);
    const mend = async (): Promise<string> => {
      for (const { node, state } of running) await startService(context, node, state.name);
      if (await patiently(() => servers.every((node) => serversOf(lab).includes(node)), LISTEN_MS, signal))
        return `${enumerate(servers)} listens for DHCP`;
      throw new LabError(`${enumerate(servers)} was started and does not listen for DHCP`);
    };
    if (serversOf(lab).length > 0) throw new LabError(`${enumerate(serversOf(lab))} still listens for DHCP`);
    const names = running.map(({ node, state }) => `${state.name} on ${node}`);
    return { seen: `${enumerate(names)} ended: nobody listens for DHCP`, mend };
  },
};

function serversOf(lab: Lab): readonly string[] {
  return [...new Set(lab.listeners().flatMap(({ node, socket }) => (socket === SERVER_SOCKET ? [node] : [])))];
}
