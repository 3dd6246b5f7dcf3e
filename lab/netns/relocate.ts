import { type NodeState, type ServiceState, servicesRoot } from '../state.js';

/** The same states with the files of their services elsewhere, so that two labs in one sandbox keep apart. */
export function relocated(states: readonly NodeState[], place: string): readonly NodeState[] {
  if (place === '') return states;
  const move = (text: string): string => text.replaceAll(servicesRoot, `${servicesRoot}${place}`);
  return states.map((state) => ({ ...state, services: state.services.map((service) => moved(service, move)) }));
}

/** Command lines, contents and conditions all may hold paths: every text of a service is gone through. */
function moved(service: ServiceState, move: (text: string) => string): ServiceState {
  return JSON.parse(move(JSON.stringify(service))) as ServiceState;
}
