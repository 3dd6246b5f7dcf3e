/** Breaking a running lab, and mending it. */
import { connectLab, findLab } from '#lab/registry.js';
import type { BreakRequest, Broken, Mended, MendRequest } from '../inside/requests.js';
import type { RunEvent } from '../result/events.js';
import type { FaultSpec } from '../scenario/fault.js';

/** Hears what happens meanwhile: for whom the lab waits. */
type Emit = (event: RunEvent) => void;

/** @throws LabError when it does not take effect, or this machine cannot do it */
export async function breakLab(name: string, spec: FaultSpec, emit: Emit): Promise<Broken> {
  const request: BreakRequest = { faults: [spec], settle: false };
  const [broken] = await ask<readonly Broken[]>(name, 'break', request, emit);
  if (broken === undefined) throw new TypeError('nothing was broken');
  return broken;
}

/** @param faults what is to be mended, as it is listed; all when absent */
export async function mendLab(
  name: string,
  faults: readonly string[] | undefined,
  emit: Emit,
): Promise<readonly Mended[]> {
  const request: MendRequest = faults === undefined ? {} : { faults };
  return await ask(name, 'mend', request, emit);
}

async function ask<T>(
  name: string,
  method: 'break' | 'mend',
  request: BreakRequest | MendRequest,
  onEvent: Emit,
): Promise<T> {
  const channel = await connectLab(findLab(name));
  try {
    return await channel.call<T>(method, request, { onEvent });
  } finally {
    channel.close();
  }
}
