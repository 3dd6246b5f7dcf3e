/** What routing daemons say of themselves. */
import { LabError } from '../errors.js';
import type { ObservedRouting, ObservedSession } from '../routing.js';
import type { RoutingState, ServiceState } from '../state.js';
import { type BirdAnswer, birdCode, BirdControl } from './bird-control.js';

/** All daemons among the services; one that does not answer says why instead. */
export async function observeRouting(services: readonly ServiceState[]): Promise<readonly ObservedRouting[]> {
  const daemons = services.flatMap(({ name, routing }) => (routing === undefined ? [] : [{ name, routing }]));
  return await Promise.all(daemons.map(({ name, routing }) => observeDaemon(name, routing)));
}

async function observeDaemon(service: string, { control }: RoutingState): Promise<ObservedRouting> {
  const bird = new BirdControl(control);
  try {
    const sessions: ObservedSession[] = [];
    for (const session of sessionsIn(await bird.ask('show protocols'))) {
      const announced = session.isUp ? prefixesIn(await bird.ask(`show route export '${session.name}'`)) : [];
      sessions.push({ ...session, announced });
    }
    return { service, sessions };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { service, problem: error.message, sessions: [] };
  } finally {
    bird.close();
  }
}

/** `h2_ipv4    BGP        ---        start  12:00:00.123  Active        Received: Bad peer AS` */
const sessionRow = /^(?<name>\S+)\s+BGP\s+\S+\s+(?<up>\S+)\s+\S+\s*(?<state>\S*)\s*(?<problem>.*)$/u;

function sessionsIn(answer: BirdAnswer): readonly Omit<ObservedSession, 'announced'>[] {
  return answer.flatMap(({ code, text }) => {
    const found = code === birdCode.protocol ? sessionRow.exec(text)?.groups : undefined;
    if (found === undefined) return [];
    const { name = '', up, state = '', problem = '' } = found;
    const words = [state, problem.trim()].filter((word) => word !== '').join(': ');
    return [{ name, isUp: up === 'up', state: words || 'down' }];
  });
}

/** `10.4.1.0/24          unicast [slices 12:00:00.123] * (240)`; further ways of a prefix have none at the beginning. */
function prefixesIn(answer: BirdAnswer): readonly string[] {
  return answer.flatMap(({ code, text }) => {
    const prefix = code === birdCode.route ? /^\S+/u.exec(text)?.[0] : undefined;
    return prefix?.includes('/') === true ? [prefix] : [];
  });
}
