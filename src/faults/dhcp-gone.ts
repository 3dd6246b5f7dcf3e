import { LabError, Refusal } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { leaseServers } from '../probes/lease-servers.js';
import { patiently } from '../probes/patience.js';
import { enumerate } from '../check/words.js';
import type { DhcpGone } from '../scenario/fault.js';
import type { Fault } from './contract.js';
import { killService, startService } from './services.js';

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
  subject: () => 'the DHCP server',
  async apply(_, context) {
    const { lab, signal } = context;
    const servers = await serversOf(lab);
    if (servers.length === 0) throw new Refusal('nobody listens for DHCP');
    const services = await lab.services();
    const running = services.filter(
      // What runs inside a container's network listens there, if anywhere: a client, whose end would be its container's.
      ({ node, state, isRunning }) => isRunning && servers.includes(state.inside ?? node),
    );
    const startAgain = async (): Promise<void> => {
      for (const { node, state } of running) await startService(context, node, state.name);
    };
    const mend = async (): Promise<string> => {
      await startAgain();
      const isBack = async (): Promise<boolean> => {
        const listening = await serversOf(lab);
        return servers.every((node) => listening.includes(node));
      };
      if (await patiently(isBack, LISTEN_MS, signal)) return `${enumerate(servers)} listens for DHCP`;
      throw new LabError(`${enumerate(servers)} was started and does not listen for DHCP`);
    };
    try {
      for (const service of running) await killService(context, service);
      const left = await serversOf(lab);
      if (left.length > 0)
        throw new LabError(`${enumerate(left)} still listens for DHCP: not of a service of this lab`);
    } catch (error) {
      await startAgain();
      throw error;
    }
    const names = running.map(({ node, state }) => `${state.name} on ${node}`);
    return { seen: `${enumerate(names)} ended: nobody listens for DHCP`, mend };
  },
};

const serversOf = async (lab: Lab): Promise<readonly string[]> => (await leaseServers(lab)).ipv4;
