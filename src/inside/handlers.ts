import type { Handlers, RequestContext } from '#lab/channel.js';
import { LabError } from '#lab/errors.js';
import type { Inside } from '#lab/inside.js';
import { type Baseline, driftOf, nodeDrift, takeBaseline } from '../verify/baseline.js';
import type { Plan } from '../plan/plan.js';
import { demandRequirements } from './requirements.js';
import { verifyLab } from '../verify/verify.js';
import type { BuildReport, Description, NodeReport, VerifyReport, VerifyRequest } from './requests.js';

/** A lab that has been built, and how it was then. */
interface Built {
  readonly plan: Plan;
  readonly baseline: Baseline;
}

/** Answers the requests of inside/requests.ts. */
export function labHandlers({ lab }: Inside): Handlers {
  let built: Built | undefined;
  const theLab = (): Built => {
    if (built === undefined) throw new LabError('this lab has not been built yet');
    return built;
  };
  // Two measurements at a time would disturb each other: the second one waits.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const inodes = (): BuildReport => ({ namespaceInodes: lab.namespaceInodes });
  return {
    async build({ plan }: { plan: Plan }, context: RequestContext): Promise<BuildReport> {
      await demandRequirements(plan);
      const total = plan.nodes.length;
      await lab.apply(plan.nodes, (done) => context.report({ type: 'build-progress', done, total }));
      built = { plan, baseline: await takeBaseline(lab, plan) };
      return inodes();
    },
    verify(request: VerifyRequest, { signal, report }: RequestContext): Promise<VerifyReport> {
      const { plan, baseline } = theLab();
      const only = request.only ?? plan.scenario.only;
      return inTurn(async () => {
        const measured = await verifyLab({ plan, lab, signal, emit: report, ...(only === undefined ? {} : { only }) });
        const failed = measured.promises.some(({ verdict }) => verdict !== 'pass');
        const dead = lab.deadServices.map(
          ({ node, service, exit }) =>
            `${node}: service ${service} ended by itself (${exit.kind === 'killed' ? exit.signal : `exit code ${exit.code}`})`,
        );
        return { ...measured, drift: [...dead, ...(await driftOf(lab, plan, baseline, failed))] };
      });
    },
    describe: (): Description => ({ plan: theLab().plan, ...inodes() }),
    async node({ name }: { name: string }): Promise<NodeReport> {
      const { plan, baseline } = theLab();
      const node = lab.node(name);
      const drift = await nodeDrift(lab, plan, new Map([[name, ''], ...baseline]), name);
      return { planned: node.state, observed: node.observe(), drift, namespaceFd: node.namespace.fd };
    },
  };
}
