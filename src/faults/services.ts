/** Daemons that are killed, and started again. */
import { LabError } from '#lab/errors.js';
import type { Lab, LabService } from '#lab/lab.js';
import { patiently } from '../probes/patience.js';
import type { FaultContext } from './contract.js';

const END_MS = 5_000;

export async function serviceOf(lab: Lab, node: string, name: string): Promise<LabService | undefined> {
  return (await lab.services()).find((service) => service.node === node && service.state.name === name);
}

/** @throws LabError when it does not end */
export async function killService({ lab, signal }: FaultContext, service: LabService): Promise<void> {
  const { node, state } = service;
  await lab.signal(service, 'SIGKILL');
  const hasEnded = async (): Promise<boolean> => (await serviceOf(lab, node, state.name))?.isRunning !== true;
  if (!(await patiently(hasEnded, END_MS, signal))) throw new LabError(`${node}: service ${state.name} does not end`);
}

/** One that runs, or whose node has come back with it, is left alone. @throws LabError when it does not run then */
export async function startService({ lab }: FaultContext, node: string, name: string): Promise<string> {
  const before = await serviceOf(lab, node, name);
  if (before === undefined) return `${node} is not there any more`;
  if (!before.isRunning) await lab.restart(node, name);
  const now = await serviceOf(lab, node, name);
  if (now?.isRunning === true) return `${node}: ${name} runs as process ${now.pid}`;
  throw new LabError(`${node}: service ${name} was started and does not run`);
}
