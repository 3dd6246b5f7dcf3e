/** What all reports show of results, before any format: a single run is a comparison of one. */
import { type PromiseName, promiseNames } from '../declaration/promise.js';
import type { ComparedRun, Comparison } from '../result/comparison.js';
import { comparisonOf } from '../result/comparison-assembly.js';
import type { Needs } from '../result/design.js';
import type { Cell, PromiseResult, RunResult } from '../result/result.js';
import { formatDuration } from './text.js';

/** A cell of the matrix. `not built`: there was no lab; `not measured`: the promise was not asked for, or its turn never came. */
export type ShownCell = Cell | 'not built' | 'not measured';

export interface MatrixCell {
  readonly run: ComparedRun;
  readonly cell: ShownCell;
  /** Absent when nothing was measured. */
  readonly result?: PromiseResult;
}

export interface MatrixRow {
  readonly promise: PromiseName;
  readonly cells: readonly MatrixCell[];
}

/** A single run as a comparison, so that every format renders both. */
export function asComparison(result: RunResult): Comparison {
  const name = result.lab ?? result.scenario;
  const comparison = comparisonOf({
    netlabVersion: result.netlabVersion,
    startedAt: result.startedAt,
    durationMs: durationOf(result),
    planned: [name],
    skipMissing: false,
    runs: [{ name, result }],
  });
  return { ...comparison, exitCode: result.exitCode };
}

/** A row for each promise that was measured in any run. */
export function matrixOf(runs: readonly ComparedRun[]): readonly MatrixRow[] {
  const measured = promiseNames.filter((name) =>
    runs.some(({ result }) => result.promises.some(({ promise }) => promise === name)),
  );
  return measured.map((promise) => ({ promise, cells: runs.map((run) => cellOfRun(run, promise)) }));
}

function cellOfRun(run: ComparedRun, name: PromiseName): MatrixCell {
  const result = run.result.promises.find(({ promise }) => promise === name);
  if (result !== undefined) return { run, cell: result.cell, result };
  return { run, cell: wasBuilt(run.result) ? 'not measured' : 'not built' };
}

/** Whether there was a lab to measure. */
export const wasBuilt = ({ promises, missing, failure }: RunResult): boolean =>
  promises.length > 0 || (missing === undefined && failure === undefined);

/** What kept a run from having a lab; empty when it had one. `remedy` is empty when none is known. */
export function obstaclesOf(result: RunResult): ReadonlyArray<{ readonly why: string; readonly remedy: string }> {
  const { missing, failure } = result;
  if (wasBuilt(result) || failure === undefined) return [];
  if (missing === undefined) return [{ why: failure.message, remedy: failure.remedy ?? '' }];
  return missing.map(({ requirement, detail, remedy }) => ({ why: `${requirement}: ${detail}`, remedy }));
}

/** The largest packet as predicted, as the interfaces have it, and as it really arrived; several numbers where nodes differ. */
export interface MtuFacts {
  readonly wireBytes?: number;
  readonly predictedBytes: number;
  /** The subtraction in words. */
  readonly why?: string;
  readonly interfaceBytes: readonly number[];
  readonly deliveredBytes: readonly number[];
  /** How what is larger ends, whoever says so: `silence`, `ICMP ...`. */
  readonly largerEnds: readonly string[];
}

export function mtuFacts({ design, plan, promises }: RunResult): MtuFacts {
  const checks = promises.find(({ promise }) => promise === 'path-mtu')?.checks ?? [];
  const observations = checks.flatMap((check) => check.observations);
  const valuesOf = (name: string) => observations.flatMap((one) => (one.name === name ? [one.value] : []));
  const numbersOf = (name: string) =>
    [...new Set(valuesOf(name).filter((value) => typeof value === 'number'))].toSorted((a, b) => a - b);
  return {
    ...(design === undefined ? {} : { wireBytes: design.mtu.wireBytes, why: design.mtu.why }),
    predictedBytes: plan.mtuBytes,
    interfaceBytes: numbersOf('interfaceMtuBytes'),
    deliveredBytes: numbersOf('largestDeliveredBytes'),
    largerEnds: [...new Set(valuesOf('largerEnds').map((value) => String(value).replace(/ from [\d.:a-f]+$/u, '')))],
  };
}

/** What the machine decided and what was broken on purpose: without these a result is misread. A line for each. */
export function circumstances({ design, faults = [], recovery }: RunResult): readonly string[] {
  return [
    ...(design?.decided ?? []).map(({ parameter, value, why }) => `${parameter}: ${value}, because ${why}`),
    ...faults.map(({ fault, seen }) => `broken on purpose: ${fault}: ${seen}`),
    ...(recovery === undefined ? [] : [recoveryText(recovery)]),
  ];
}

function recoveryText({ mended, waitedMs, allowedMs, why, missing }: NonNullable<RunResult['recovery']>): string {
  const end = missing.length === 0 ? 'until all was back' : `and still missing: ${missing.join(', ')}`;
  const allowed = `${formatDuration(allowedMs)} allowed (${why})`;
  return `recovering from ${mended.join(', ')}: waited ${formatDuration(waitedMs)} ${end}; ${allowed}`;
}

/** What a strategy needs, a part for each kind; empty when it needs nothing. */
export function needsParts({ daemons, listeners, kernelFeatures, forEgress }: Needs): readonly string[] {
  const parts: ReadonlyArray<readonly [string, readonly string[]]> = [
    ['daemons', daemons],
    ['listens on', listeners],
    ['kernel', kernelFeatures],
    ['for the way out', forEgress],
  ];
  return parts.flatMap(([lead, names]) => (names.length === 0 ? [] : [`${lead} ${names.join(', ')}`]));
}

export const noNeeds = 'nothing beyond veth and bridge';

/** Milliseconds of a phase; undefined when the run had none. */
export function phaseMs({ phases }: RunResult, name: RunResult['phases'][number]['name']): number | undefined {
  return phases.find((phase) => phase.name === name)?.durationMs;
}

/** Milliseconds of all phases. */
export const durationOf = ({ phases }: RunResult): number =>
  phases.reduce((sum, { durationMs }) => sum + durationMs, 0);

/** Smallest and largest, `1400–1500`, or the one number; a dash when there is none. */
export function numbersText(numbers: readonly number[]): string {
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (first === undefined || last === undefined) return '-';
  return first === last ? String(first) : `${first} to ${last}`;
}
