/** The end of a report: times, the leak proof, the verdict and what to do next. */
import { exitCodes, isClean } from '../result/exit-code.js';
import { exitSentence } from '../result/exit-sentence.js';
import type { LeakProof, PromiseResult, RunResult } from '../result/result.js';
import { isSelection, measuredPromises } from '../result/selection.js';
import { asCalled } from './command-name.js';
import type { Block } from './findings.js';
import { nextStep } from './next-step.js';
import { marks, paint } from './style.js';
import type { Style, Tone } from './style.js';
import { atMost, count, formatDuration, hang } from './text.js';

/** How long each phase took, and all of them. */
export function phasesBlock({ phases }: RunResult, style: Style): Block {
  if (phases.length === 0) return [];
  const total = phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const parts = phases.map(({ name, durationMs }) => `${name} ${formatDuration(durationMs)}`);
  return hang('  ', `${formatDuration(total)}: ${parts.join(', ')}`, style.width).map((line) =>
    paint(style, 'quiet', line),
  );
}

/** A link that somebody else has made brings a hundred sysctls with it; the stored result has all. */
const shownLines = 20;

function leftBehind(leaks: LeakProof, style: Style): Block {
  const unproven = leaks.verified ? [] : ['the teardown could not be verified'];
  const lines = [
    ...atMost(leaks.leftovers, shownLines).map((leftover) => `left behind: ${leftover}`),
    ...atMost(leaks.machineChanges, shownLines).map((change) => `the machine changed: ${change}`),
  ];
  const title = `${marks(style).bad} Not clean after ${formatDuration(leaks.waitedMs)}`;
  return [
    paint(style, 'bad', title),
    ...(lines.length === 0 ? unproven : lines).flatMap((line) => hang('  ', line, style.width)),
  ];
}

/** What {@link othersWords} says, below the proof. */
export function othersLines(leaks: LeakProof, { width }: Style): readonly string[] {
  const words = othersWords(leaks);
  return words === '' ? [] : hang('  ', words, width);
}

/** The machine's network is everybody's: what a lab cannot have changed there is told in a line; empty when there is nothing. */
export function othersWords({ otherChanges = [] }: Pick<LeakProof, 'otherChanges'>): string {
  const [first, ...more] = otherChanges;
  if (first === undefined) return '';
  const rest = more.length === 0 ? '' : `, and ${more.length} more`;
  return `The machine's network changed meanwhile, not by this lab: ${first}${rest}`;
}

function withoutProof({ lab, phases }: RunResult): string {
  if (lab !== undefined) return 'no leak proof: the lab stays up';
  return phases.length === 0 ? 'nothing was started, so nothing can be left' : 'no leak proof: no lab was taken down';
}

/** The proof that nothing is left, with what it rests on. */
export function leaksBlock(result: RunResult, style: Style): Block {
  const { leaks } = result;
  if (leaks === null) return hang('  ', withoutProof(result), style.width);
  const { compared, notCompared } = leaks;
  const notes = [
    ...(notCompared.length === 0 ? [] : hang('  not compared: ', notCompared.join(', '), style.width)),
    ...othersLines(leaks, style),
  ];
  if (!isClean(leaks)) return [...leftBehind(leaks, style), ...notes];
  const [first = '', ...rest] = hang('  ', `Nothing is left. Compared: ${compared.join(', ')}.`, style.width);
  const mark = paint(style, 'good', marks(style).good);
  return [`${mark} ${first.slice(2)}`, ...rest, ...notes];
}

const namesOf = (promises: readonly PromiseResult[]): string => promises.map(({ promise }) => promise).join(', ');

function untoldHeadline({ strategy, promises }: RunResult): string {
  const untold = promises.filter(({ declared, cell }) => declared === 'promised' && cell === 'unverified');
  return untold.length === 0
    ? `${strategy}: no promise was measured`
    : `${strategy}: ${count(untold.length, 'promise')} could not be verified: ${namesOf(untold)}`;
}

/** More are a list that nobody reads. */
const namedAtMost = 5;

/** `all 15 promises`, `both promises that were measured: path-mtu, no-nat` */
function allWords(promised: readonly PromiseResult[], result: RunResult): string {
  const few = promised.length <= namedAtMost;
  if (!few && !isSelection(result)) return `all ${count(promised.length, 'promise')}`;
  return few ? `${measuredPromises(promised.length)}: ${namesOf(promised)}` : measuredPromises(promised.length);
}

function brokenHeadline(result: RunResult): string {
  const { strategy, promises } = result;
  const promised = promises.filter(({ declared, cell }) => declared === 'promised' && cell !== 'not applicable');
  const broken = promises.filter(({ cell }) => cell === 'BROKEN');
  if (broken.length === promised.length) return `${strategy} breaks ${allWords(broken, result)}`;
  return `${strategy} breaks ${broken.length} of ${count(promised.length, 'promise')}: ${namesOf(broken)}`;
}

/** What was stopped before it could be measured is a skip. */
function stoppedHeadline({ strategy, promises }: RunResult): string {
  const measured = promises.filter(({ verdict }) => verdict !== 'skip' && verdict !== 'not applicable');
  if (measured.length === 0) return `${strategy}: stopped before any promise was measured`;
  if (measured.length > namedAtMost)
    return `${strategy}: stopped after ${measured.length} of ${count(promises.length, 'promise')}`;
  return `${strategy}: stopped after ${measured.length} of ${count(promises.length, 'promise')}: ${namesOf(measured)}`;
}

function keptHeadline(result: RunResult): string {
  const { strategy, promises } = result;
  const promised = promises.filter(({ declared, cell }) => declared === 'promised' && cell !== 'not applicable');
  if (promised.length === 0) return `${strategy} promises nothing of what was measured: ${namesOf(promises)}`;
  const kept = promised.filter(({ cell }) => cell === 'kept');
  if (kept.length === promised.length) return `${strategy} keeps ${allWords(kept, result)}`;
  const untold = promised.filter(({ cell }) => cell === 'unverified');
  return `${strategy} keeps ${kept.length} of ${count(promised.length, 'promise')}; unverified: ${namesOf(untold)}`;
}

function failedHeadline({ strategy, leaks, failure, promises }: RunResult): string {
  if (failure !== undefined) return failure.message;
  if (leaks !== null && !isClean(leaks)) return `${strategy}: the lab is not gone without a trace`;
  const failed = promises.filter(({ checks }) => checks.some(({ verdict }) => verdict === 'error'));
  return failed.length === 0 ? `${strategy}: the run was cut short` : `netlab failed to measure ${namesOf(failed)}`;
}

function headline(result: RunResult): string {
  const { exitCode } = result;
  if (exitCode === exitCodes.kept) return keptHeadline(result);
  if (exitCode === exitCodes.broken) return brokenHeadline(result);
  if (exitCode === exitCodes.inconclusive) return untoldHeadline(result);
  if (exitCode === exitCodes.interrupted) return stoppedHeadline(result);
  return failedHeadline(result);
}

function toneOf({ exitCode, promises }: RunResult): Tone {
  const untold = promises.some(({ declared, cell }) => declared === 'promised' && cell === 'unverified');
  if (exitCode === exitCodes.kept) return untold ? 'warn' : 'good';
  return exitCode === exitCodes.inconclusive || exitCode === exitCodes.interrupted ? 'warn' : 'bad';
}

/** What the run comes to, what its exit code means, and what to do next. */
export function verdictBlock(result: RunResult, style: Style): Block {
  const { good, bad, unknown, arrow } = marks(style);
  const tone = toneOf(result);
  const mark = { good, bad, warn: unknown, quiet: unknown, strong: unknown }[tone];
  const next = nextStep(result);
  return [
    ...hang(`${mark} `, headline(result), style.width).map((line) => paint(style, tone, line)),
    ...hang('  ', `exit ${result.exitCode}: ${exitSentence(result.exitCode, [result])}`, style.width),
    ...hang(`  ${arrow} `, asCalled(next.say, style.command), style.width),
    ...next.commands.map((command) => `      ${asCalled(command, style.command)}`),
  ];
}
