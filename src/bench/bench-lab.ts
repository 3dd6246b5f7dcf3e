/** One target's lab: a sandbox of its own that stays up during the whole benchmark. */
import { LabError } from '#lab/errors.js';
import type { LeakProof, MachineSnapshot } from '#lab/machine.js';
import { type Sandbox, startSandbox } from '#lab/sandbox.js';
import type { End, SampleReport, SampleRequest } from '../measure/sample.js';
import type { BenchMachine } from '../result/bench.js';
import type { BenchEvent } from '../result/bench-events.js';
import type { RunEvent } from '../result/events.js';
import { insideEntry, takeDown } from '../run/run.js';
import type { Target } from './target.js';

type Emit = (event: BenchEvent) => void;

export class BenchLab {
  readonly target: Target;
  readonly #sandbox: Sandbox;
  readonly #emit: Emit;
  /** Who looks for it, or plants a slow-down in it, finds it by these. */
  get place(): Pick<Sandbox, 'channel' | 'initPid'> {
    return this.#sandbox;
  }

  private constructor(target: Target, sandbox: Sandbox, emit: Emit) {
    this.target = target;
    this.#sandbox = sandbox;
    this.#emit = emit;
  }

  /** @param emit hears for whom the lab waits */
  static async open(target: Target, emit: Emit): Promise<BenchLab> {
    return new BenchLab(target, await startSandbox({ entry: insideEntry, title: `bench ${target.name}` }), emit);
  }

  /** Builds the network, and waits until it forwards. */
  async build(signal: AbortSignal): Promise<void> {
    const { channel } = this.#sandbox;
    const { plan, nodes, name } = this.target;
    const method = plan === undefined ? 'apply' : 'build';
    const call = { onEvent: (event: RunEvent) => this.#hear(event), signal };
    await channel.call(method, plan === undefined ? { nodes } : { plan }, { onEvent: call.onEvent });
    signal.throwIfAborted();
    if (plan === undefined) return;
    const { missing } = await channel.call<{ missing: readonly string[] }>('converge', null, call);
    if (missing.length > 0) throw new LabError(`${name}: containers do not reach each other: ${missing.join(', ')}`);
  }

  async sample(request: SampleRequest, signal: AbortSignal): Promise<SampleReport> {
    const onEvent = (event: RunEvent): void => this.#hear(event);
    return await this.#sandbox.channel.call<SampleReport>('sample', request, { onEvent, signal });
  }

  async machine(end: End): Promise<BenchMachine> {
    return await this.#sandbox.channel.call<BenchMachine>('machine', end);
  }

  kill(): void {
    this.#sandbox.kill();
  }

  #hear(event: RunEvent): void {
    const { name: target } = this.target;
    if (event.type === 'waiting-ended') this.#emit({ type: 'waiting-ended', target });
    if (event.type === 'waiting' && event.for === 'another lab') this.#emit({ ...event, target });
  }

  async takeDown(before: MachineSnapshot): Promise<LeakProof> {
    return await takeDown(this.#sandbox, before, this.target.nodes);
  }
}
