/** The parts of a comparison that was sharded, joined again. */
import { LabError } from '#lab/errors.js';
import type { Comparison } from './comparison.js';
import { comparisonOf } from './comparison-assembly.js';
import { namesWithoutRun } from './exit-code.js';

/** A stored shard, and what people call it: its file. */
export interface Part {
  readonly file: string;
  readonly comparison: Comparison;
}

/** Parts that are not of one comparison. */
export class MergeError extends LabError {}

/**
 * One comparison of all parts: runs in the order in which they were planned, the longest part's duration.
 * @param allowMissing a comparison of what is there, which is not complete
 * @throws MergeError that tells all that does not fit, and in which files
 */
export function mergeComparisons(parts: readonly Part[], allowMissing: boolean): Comparison {
  const [first] = parts;
  if (first === undefined) throw new MergeError('there is nothing to merge');
  const problems = [...parts.slice(1).flatMap((part) => differences(first, part)), ...overlaps(parts)];
  if (problems.length > 0) throw new MergeError(problems.join('\n'), { remedy: 'Give the shards of one comparison.' });
  const merged = joined(parts, first.comparison);
  if (!allowMissing) demandAll(merged, parts);
  return merged;
}

/** What has to be the same in all parts, in the words of an error. */
const common: ReadonlyArray<readonly [what: string, of: (comparison: Comparison) => string]> = [
  ['netlab', ({ netlabVersion }) => netlabVersion],
  ['of how many shards', ({ shard }) => String(shard?.total ?? 1)],
  ['--skip-missing', ({ skipMissing }) => (skipMissing ? 'given' : 'not given')],
  ['the scenarios', ({ planned }) => planned.join(', ')],
];

function differences(first: Part, other: Part): readonly string[] {
  return common.flatMap(([what, of]) => {
    const [one, two] = [of(first.comparison), of(other.comparison)];
    return one === two ? [] : [`${first.file} and ${other.file} differ: ${what}: ${one}, and ${two}`];
  });
}

function overlaps(parts: readonly Part[]): readonly string[] {
  const owners = new Map<string, string>();
  return parts.flatMap(({ file, comparison: { runs } }) =>
    runs.flatMap(({ name }) => {
      const owner = owners.get(name);
      owners.set(name, file);
      return owner === undefined ? [] : [`${name} is in ${owner} and in ${file}`];
    }),
  );
}

function joined(parts: readonly Part[], { netlabVersion, planned, skipMissing }: Comparison): Comparison {
  const runs = new Map(parts.flatMap(({ comparison }) => comparison.runs.map((run) => [run.name, run])));
  const startedAt = parts.map(({ comparison }) => comparison.startedAt).toSorted()[0] ?? '';
  return comparisonOf({
    netlabVersion,
    startedAt,
    durationMs: Math.max(...parts.map(({ comparison }) => comparison.durationMs)),
    planned,
    skipMissing,
    runs: planned.flatMap((name) => runs.get(name) ?? []),
  });
}

function demandAll(merged: Comparison, parts: readonly Part[]): void {
  const lost = namesWithoutRun(merged);
  if (lost.length === 0) return;
  const total = parts[0]?.comparison.shard?.total ?? 1;
  const there = parts.map(({ comparison }) => comparison.shard?.index ?? 1);
  const absent = Array.from({ length: total }, (_, place) => place + 1).filter((index) => !there.includes(index));
  const shards = absent.length === 0 ? '' : `shard ${absent.join(', ')} of ${total} is missing; `;
  throw new MergeError(`${shards}there is no result of ${lost.join(', ')}`, {
    remedy: 'Give all files, or --allow-missing for a report of what is there, with exit code 3.',
  });
}
