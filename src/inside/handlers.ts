/** Answers the requests of inside/requests.ts. */
import type { Handlers, RequestContext } from '#lab/channel.js';
import { LabError } from '#lab/errors.js';
import type { Inside } from '#lab/inside.js';
import { unlessFailed } from '#lab/stray-errors.js';
import { Breakage, type Broken } from '../faults/breakage.js';
import type { Mended } from '../faults/mended.js';
import { type Baseline, driftOf, nodeDrift, takeBaseline } from '../verify/baseline.js';
import type { Plan } from '../plan/plan.js';
import { LabRecovery } from '../readiness/recovery.js';
import type { RecoveryFact } from '../result/recovery-fact.js';
import { type Converged, converge } from '../readiness/converge.js';
import { demandRequirements, withoutUnavailable } from '../readiness/requirements.js';
import { leasesOf } from '../probes/lease-record.js';
import { presentPlan } from '../verify/present.js';
import { leasedNow } from '../readiness/leased.js';
import { verifyBeside, verifyLab, type VerifyOptions } from '../verify/verify.js';
import type { Verified } from '../result/verified.js';
import type { BenchMachine } from '../result/bench.js';
import type { End, SampleReport, SampleRequest } from '../measure/sample.js';
import type {
  ApplyRequest,
  BreakRequest,
  BuildRequest,
  Description,
  MendRequest,
  NodeEntrance,
  NodeReport,
  VerifyReport,
  VerifyRequest,
} from './requests.js';
import { tellingWaits } from './telling.js';

/** A lab that has been built, and how it was then. */
interface Built {
  readonly plan: Plan;
  readonly baseline: Baseline;
}

export function labHandlers({ lab }: Inside): Handlers {
  const server = new LabServer(lab);
  return {
    build: tellingWaits(lab, ({ plan, nodes }: BuildRequest, context) =>
      server.build(plan, nodes ?? plan.nodes, context),
    ),
    converge: tellingWaits(lab, (_: null, context) => server.converge(context)),
    break: tellingWaits(lab, (request: BreakRequest, context) => server.break(request, context)),
    mend: tellingWaits(lab, (request: MendRequest, context) => server.mend(request, context)),
    recovered: tellingWaits(lab, (_: null, context) => server.recovered(context)),
    verify: tellingWaits(lab, (request: VerifyRequest, context) => server.verify(request, context)),
    'verify-beside': tellingWaits(lab, (request: VerifyRequest, context) => server.verifyBeside(request, context)),
    apply: ({ nodes }: ApplyRequest) => server.apply(nodes),
    sample: tellingWaits(lab, (request: SampleRequest, context) => server.sample(request, context)),
    machine: (end: End) => server.machine(end),
    describe: () => server.describe(),
    node: ({ name }: { name: string }) => server.node(name),
    enter: ({ name }: { name: string }) => server.enter(name),
  };
}

class LabServer {
  readonly #lab: Inside['lab'];
  #built: Built | undefined;
  readonly #breakage = new Breakage();
  readonly #recovery = new LabRecovery();
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(lab: Inside['lab']) {
    this.#lab = lab;
  }

  async build(plan: Plan, wanted: Plan['nodes'], context: RequestContext): Promise<void> {
    await demandRequirements(plan);
    const nodes = await withoutUnavailable({ ...plan, nodes: wanted });
    const total = nodes.length;
    await this.#lab.apply(nodes, (done) => context.report({ type: 'build-progress', done, total }));
    this.#built = { plan, baseline: await takeBaseline(this.#lab, plan) };
  }

  async apply(nodes: Plan['nodes']): Promise<void> {
    await this.#lab.apply(nodes);
  }

  async sample(request: SampleRequest, context: RequestContext): Promise<SampleReport> {
    const { takeSample } = await import('../measure/measure.js');
    return await this.#inTurn(async () => {
      if (this.#built !== undefined) await this.#recovered(context);
      return await takeSample(this.#lab, request, context.signal);
    });
  }

  async machine({ node, link }: End): Promise<BenchMachine> {
    const { describeMachine } = await import('../measure/machine.js');
    return await describeMachine(this.#lab.node(node), link);
  }

  /** Separate from `build`, so that the time it takes is told apart. */
  async converge(context: RequestContext): Promise<Converged> {
    return await converge(this.#theLab().plan, this.#lab, context.signal);
  }

  /** What one of them breaks stays broken when a later one is refused. */
  async break({ faults, settle }: BreakRequest, { signal }: RequestContext): Promise<readonly Broken[]> {
    const { plan } = this.#theLab();
    return await this.#inTurn(async () => {
      const broken: Broken[] = [];
      for (const spec of faults) broken.push(await this.#breakage.break(spec, { plan, lab: this.#lab, signal }));
      if (settle) await converge(presentPlan(plan, this.#lab), this.#lab, signal);
      return broken;
    });
  }

  async mend({ faults }: MendRequest, { signal }: RequestContext): Promise<readonly Mended[]> {
    const isMeant = ({ fault }: Broken): boolean => faults?.includes(fault) ?? true;
    const { plan } = this.#theLab();
    return await this.#inTurn(async () => {
      const before = this.#breakage.broken;
      try {
        return await this.#breakage.mend({ plan, lab: this.#lab, signal }, isMeant);
      } finally {
        const left = new Set(this.#breakage.broken.map(({ fault }) => fault));
        const mended = before.flatMap(({ fault }) => (left.has(fault) ? [] : [fault]));
        this.#recovery.begin(plan, mended);
      }
    });
  }

  /** Whoever looks at the lab right after a mend would take its recovery for what it is. */
  async recovered(context: RequestContext): Promise<RecoveryFact | null> {
    return (await this.#inTurn(async () => await this.#recovered(context))) ?? null;
  }

  async #recovered(context: RequestContext): Promise<RecoveryFact | undefined> {
    const plan = presentPlan(this.#theLab().plan, this.#lab);
    let told = false;
    const recovery = await this.#recovery.awaited(plan, this.#lab, context.signal, (text) => {
      told = true;
      context.report({ type: 'waiting', for: 'recovery', text });
    });
    if (told) context.report({ type: 'waiting-ended' });
    return recovery;
  }

  async verify(request: VerifyRequest, context: RequestContext): Promise<VerifyReport> {
    const { plan, baseline } = this.#theLab();
    return await this.#inTurn(async () => {
      const recovery = await this.#recovered(context);
      const measured = await verifyLab(this.#verifying(request, context), request.parts);
      const failed = measured.promises.some(({ cell }) => !['kept', 'absent', 'not applicable'].includes(cell));
      return {
        ...measured,
        ...(recovery === undefined ? {} : { recovery }),
        faults: this.#breakage.broken.map(({ fault, seen }) => ({ fault, seen })),
        drift: [
          ...this.#deadServices(),
          ...(await driftOf(this.#lab, await leasedNow(plan, this.#lab), baseline, failed)),
        ],
      };
    });
  }

  /** The part of a verify that disturbs nothing in this lab, and so waits for nobody's turn. */
  async verifyBeside(request: VerifyRequest, context: RequestContext): Promise<Verified> {
    return await verifyBeside(this.#verifying(request, context));
  }

  #verifying(request: VerifyRequest, context: RequestContext): VerifyOptions {
    const { plan, baseline } = this.#theLab();
    const only = request.only ?? plan.scenario.only;
    return {
      plan: presentPlan(plan, this.#lab),
      absence: {
        whole: plan,
        missing: plan.nodes.flatMap(({ name }) => (this.#lab.nodes.has(name) ? [] : [name])),
        onPurpose: this.#breakage.broken.flatMap(({ spec, fault }) => (spec.fault === 'host-crash' ? [fault] : [])),
      },
      lab: this.#lab,
      baseline,
      signal: context.signal,
      emit: (event) => context.report(event),
      ...(only === undefined ? {} : { only }),
    };
  }

  describe(): Description {
    const { plan } = this.#theLab();
    const gone = plan.nodes.flatMap(({ name }) => (this.#lab.nodes.has(name) ? [] : [name]));
    return { plan, broken: this.#breakage.broken, gone };
  }

  async node(name: string): Promise<NodeReport> {
    const { plan, baseline } = this.#theLab();
    const node = this.#lab.node(name);
    const leased = await leasedNow(plan, this.#lab);
    const [drift, routing, leases, observed] = await Promise.all([
      nodeDrift(this.#lab, leased, new Map([[name, ''], ...baseline]), name),
      node.routing(),
      leasesOf(this.#lab, name),
      node.observe(),
    ]);
    return { planned: node.state, observed, drift, routing, leases, namespaceFd: node.namespace.fd };
  }

  enter(name: string): NodeEntrance {
    const { namespace } = this.#lab.node(name);
    const { mounts, uts } = this.#lab.placeOf(name).fds;
    return { networkFd: namespace.fd, mountsFd: mounts, utsFd: uts };
  }

  #theLab(): Built {
    if (this.#built === undefined) throw new LabError('this lab has not been built yet');
    return this.#built;
  }

  /** Two measurements at a time would disturb each other: the second one waits. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(() => unlessFailed(work));
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  #deadServices(): readonly string[] {
    return this.#lab.deadServices.map(
      ({ node, service, how }) => `${node}: service ${service} ended by itself (${how})`,
    );
  }
}
