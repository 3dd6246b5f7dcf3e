/** `--shard 2/5`, `--shard auto`: which part of a comparison this machine measures. */
import type { Shard } from '../result/comparison.js';
import { UsageError } from './usage-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a CI system says which of several jobs this is. */
interface Source {
  readonly system: string;
  readonly index: string;
  /** What the first job's index is; a number, or the variable that tells. */
  readonly first: 0 | 1 | string;
  /** Absent where the system does not tell: then `--shard auto/TOTAL`. */
  readonly total?: string;
  /** Variable that tells the distance between two indexes; 1 where absent. */
  readonly step?: string;
}

/**
 * In the order in which they are looked for; the first that is there counts.
 * GitHub has no variables of its own for this: a workflow hands over `strategy.job-index` (from 0) and
 * `strategy.job-total`, or the matrix entries shardIndex (from 1) and shardTotal that Playwright's documentation has
 * made common. GitLab: CI_NODE_INDEX from 1, and only where `parallel:` is used, while CI_NODE_TOTAL is there always.
 * Kubernetes tells an indexed job's pod its index and not .spec.completions. Slurm's indexes begin where --array does.
 */
const sources: readonly Source[] = [
  { system: 'GitHub Actions', index: 'STRATEGY_JOB_INDEX', first: 0, total: 'STRATEGY_JOB_TOTAL' },
  { system: 'GitHub Actions', index: 'SHARD_INDEX', first: 1, total: 'SHARD_TOTAL' },
  { system: 'GitLab CI', index: 'CI_NODE_INDEX', first: 1, total: 'CI_NODE_TOTAL' },
  { system: 'Buildkite', index: 'BUILDKITE_PARALLEL_JOB', first: 0, total: 'BUILDKITE_PARALLEL_JOB_COUNT' },
  { system: 'CircleCI', index: 'CIRCLE_NODE_INDEX', first: 0, total: 'CIRCLE_NODE_TOTAL' },
  {
    system: 'Slurm',
    index: 'SLURM_ARRAY_TASK_ID',
    first: 'SLURM_ARRAY_TASK_MIN',
    total: 'SLURM_ARRAY_TASK_COUNT',
    step: 'SLURM_ARRAY_TASK_STEP',
  },
  { system: 'Kubernetes', index: 'JOB_COMPLETION_INDEX', first: 0, total: 'JOB_COMPLETIONS' },
];

/** Variables that `--shard auto` reads, for the help. */
export const shardVariables: readonly string[] = sources.map(
  ({ system, index, first }) => `${index} (${system}, from ${first})`,
);

/**
 * @param text `I/N` with I from 1, `auto`, or `auto/N` where the system does not tell how many there are
 * @throws UsageError when it is none of these, or the environment does not tell
 */
export function parseShard(text: string, environment: Environment): Shard {
  const [index = '', total] = text.split('/');
  if (index === 'auto') return shardOfEnvironment(environment, total === undefined ? undefined : wholeNumber(total));
  const shard = { index: wholeNumber(index), total: wholeNumber(total) };
  if (shard.index !== undefined && shard.total !== undefined && shard.total > 0)
    demandPart(text, shard.index, shard.total);
  if (shard.index === undefined || shard.total === undefined || !isShard(shard.index, shard.total))
    throw wrongShard(`--shard needs I/N with I from 1 to N, auto or auto/N, not ${JSON.stringify(text)}`);
  return { index: shard.index, total: shard.total };
}

function demandPart(text: string, index: number, total: number): void {
  if (isShard(index, total)) return;
  throw new UsageError(`--shard needs I/N with I from 1 to N, and ${text} is none of the ${total} parts`, {
    remedy: total === 1 ? 'Say --shard 1/1.' : `Say one of --shard 1/${total} to --shard ${total}/${total}.`,
  });
}

function shardOfEnvironment(environment: Environment, givenTotal: number | undefined): Shard {
  const source = sources.find(({ index }) => (environment[index] ?? '') !== '');
  if (source === undefined) {
    // A GitLab job without parallel: is told that it is one of one.
    if (environment['CI_NODE_TOTAL'] === '1') return { index: 1, total: 1 };
    throw wrongShard('--shard auto: no variable tells which of several jobs this is');
  }
  const { system, total: totalName = '' } = source;
  const total = givenTotal ?? wholeNumber(environment[totalName]);
  if (total === undefined)
    throw wrongShard(`--shard auto: ${system} tells the index, but ${totalName} does not tell of how many`);
  const index = indexOf(source, environment);
  if (index === undefined || !isShard(index, total)) throw contradiction(source, environment, total);
  return { index, total };
}

/** From 1. */
function indexOf({ index, first, step = '' }: Source, environment: Environment): number | undefined {
  const own = wholeNumber(environment[index]);
  const base = typeof first === 'number' ? first : wholeNumber(environment[first]);
  const distance = wholeNumber(environment[step]) ?? 1;
  return own === undefined || base === undefined ? undefined : (own - base) / distance + 1;
}

function contradiction({ system, index, first }: Source, environment: Environment, total: number): UsageError {
  const base = typeof first === 'number' ? String(first) : `${first}=${environment[first] ?? ''}`;
  const said = `${index}=${environment[index] ?? ''} counts from ${base}`;
  return wrongShard(`--shard auto: ${system} says ${said}, and that is not one of ${total}`);
}

const isShard = (index: number, total: number): boolean => Number.isInteger(index) && index >= 1 && index <= total;

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function wrongShard(message: string): UsageError {
  return new UsageError(message, { remedy: 'Say it: --shard 1/4 for the first of four. See netlab compare --help' });
}
