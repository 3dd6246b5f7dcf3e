import { LabError } from '#lab/errors.js';
import { identify } from '#lab/processes.js';
import { controlSocket, forgetLab, type LabEntry, logFile, recordLab, reserveLab } from '#lab/registry.js';
import { newMark, type Sandbox, startSandbox } from '#lab/sandbox.js';
import type { Plan } from '../plan/plan.js';
import type { RunEvent } from '../result/events.js';
import { breaking } from '../run/measure-built.js';
import { insideEntry } from '../run/run.js';

export interface UpOptions {
  readonly name: string;
  /** Aborting ends the start: nothing is left. */
  readonly stop: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/**
 * Builds a lab that stays up in the background under a name.
 * @throws LabError when it cannot be built; nothing is left then
 */
export async function upLab(plan: Plan, options: UpOptions): Promise<LabEntry> {
  const starting = draftEntry(plan, options.name);
  reserveLab(starting);
  try {
    const { name, mark } = starting;
    const files = { controlSocket: controlSocket(name), logFile: logFile(name) };
    const sandbox = await startSandbox({ entry: insideEntry, title: `lab ${name}`, mark, ...files });
    return await buildLab(plan, sandbox, starting, options);
  } catch (error) {
    forgetLab(starting);
    throw error;
  }
}

function draftEntry(plan: Plan, name: string): LabEntry {
  const self = identify(process.pid);
  if (self === undefined) throw new LabError('netlab needs /proc to be mounted');
  const { hosts } = plan.cluster;
  return {
    name,
    mark: newMark(),
    state: 'starting',
    process: self,
    initPid: 0,
    scenario: plan.scenario.name,
    strategy: plan.strategy.name,
    startedAt: new Date().toISOString(),
    hosts: hosts.length,
    containers: hosts.reduce((sum, host) => sum + host.containers.length, 0),
  };
}

async function buildLab(plan: Plan, sandbox: Sandbox, starting: LabEntry, options: UpOptions): Promise<LabEntry> {
  const kill = (): void => sandbox.kill();
  options.stop.addEventListener('abort', kill, { once: true });
  try {
    options.stop.throwIfAborted();
    const call = { onEvent: options.emit, signal: options.stop };
    await sandbox.channel.call('build', { plan }, { onEvent: options.emit });
    await sandbox.channel.call('converge', null, call);
    if (plan.scenario.faults !== undefined) await sandbox.channel.call('break', breaking(plan), call);
    const guardian = identify(sandbox.pid);
    if (guardian === undefined) throw new LabError('the lab ended right after it was built');
    const entry: LabEntry = {
      ...starting,
      state: 'up',
      process: guardian,
      initPid: sandbox.initPid,
    };
    recordLab(entry);
    await sandbox.channel.call('stay', null);
    sandbox.release();
    return entry;
  } catch (error) {
    sandbox.kill();
    await sandbox.exited;
    throw error;
  } finally {
    options.stop.removeEventListener('abort', kill);
  }
}
