import type { RunEvent } from '../result/events.js';

type Waiting = Extract<RunEvent, { type: 'waiting' }>;
type Emit = (event: RunEvent) => void;

/**
 * Requests that a lab works on at the same time wait together: that is told once, and that it is over when it is for all.
 * @returns makes the ear of one more request
 */
export function oneVoice(emit: Emit): () => Emit {
  const waiting = new Map<symbol, Waiting>();
  let told: Waiting | undefined;
  const tell = (now: Waiting | undefined): void => {
    if (now?.text === told?.text) return;
    told = now;
    emit(now ?? { type: 'waiting-ended' });
  };
  return () => {
    const request = Symbol('request');
    return (event) => {
      if (event.type === 'waiting') waiting.set(request, event);
      else if (event.type === 'waiting-ended') waiting.delete(request);
      else return emit(event);
      tell(event.type === 'waiting' ? event : [...waiting.values()].at(-1));
    };
  };
}
