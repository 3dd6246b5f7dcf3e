/** What `netlab bench` and `netlab gate` have in common: options, progress, signals. */
import { randomInt } from 'node:crypto';
import type { BenchReporter } from '../report/bench-progress.js';
import type { BenchVariation } from '../bench/bench-options.js';
import type { Subject } from '../bench/target.js';
import { maxHosts } from '../cluster/limits.js';
import { type BenchResult, type MtuPass, mtuPasses } from '../result/bench.js';
import { type InstrumentName, instrumentNames } from '../result/bench-metrics.js';
import { bitRate, budgetMs, wholeNumber } from './bounded-number.js';
import { type Command, Option } from './commander.js';
import { providePrograms } from './machine-programs.js';
import type { OutputSettings } from './output.js';
import { demandRoomFor } from './room.js';
import { listenForInterruption } from './signals.js';
import { listener, tell } from './tell.js';
import { lasting } from './given.js';
import { addVariationOptions, type VariationFlags } from './variation-options.js';
import { wordList } from './word-list.js';
import { netlabVersion } from '../run/version.js';

export interface BenchFlags extends VariationFlags {
  readonly budget?: number;
  readonly measure?: readonly (InstrumentName | 'all')[];
  readonly pairs?: number;
  readonly mtu?: readonly MtuPass[];
  readonly udpRate?: number;
  readonly seed?: number;
}

/** What is measured. */
export interface BenchChoice {
  readonly instruments: readonly InstrumentName[];
  readonly pairs: number;
  readonly passes: readonly MtuPass[];
  /** Those of them that were not asked for, and are measured where there is time. */
  readonly optionalPasses: readonly MtuPass[];
  readonly udpRateBitsPerSecond: number;
  readonly variation: BenchVariation;
}

const DEFAULT_BUDGET_MS = 120_000;
export const DEFAULT_UDP_RATE = 300e6;
/** So few that a minute has rounds enough to find large differences. */
export const defaultInstruments: readonly InstrumentName[] = ['tcp-1', 'rtt-idle', 'requests'];
/**
 * Probability of any false alarm in a document, shared out among its comparisons. A hundredth of the comparisons may be
 * one; between labs more differs than the test knows of, so each gets far less: a thousandth where there are five.
 */
export const ALPHA = 0.005;
const MOST_SEED = 2 ** 31;
/** Of as many hosts as a cluster may have; how many a scenario has is looked at when it is known. */
const MOST_PAIRS = maxHosts * (maxHosts - 1);

export function addBudgetOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--budget <TIME>',
        'time to measure for, without building, from 1s to 12h: 60s, 5m (default: 2m)',
      ).argParser(budgetMs('--budget')),
    )
    .addOption(
      new Option('--seed <N>', 'of the order of measurements; made up when absent').argParser(
        wholeNumber('--seed', MOST_SEED),
      ),
    );
}

export function addChoiceOptions(command: Command): Command {
  return addVariationOptions(command)
    .addOption(
      new Option(
        '--measure <WHAT,...>',
        `${instrumentNames.join(', ')}, or all (default: ${defaultInstruments.join(',')})`,
      ).argParser(wordList('measurement', [...instrumentNames, 'all'] as const)),
    )
    .addOption(
      new Option('--pairs <N>', 'ordered pairs of hosts: h1 to h2, then back, then h1 to h3 (default: 1)').argParser(
        wholeNumber('--pairs', MOST_PAIRS),
      ),
    )
    .addOption(
      new Option(
        '--mtu <PASS,...>',
        "native: each network's own; equal: the smallest, for all (default: native; equal as well where they differ and there is time)",
      ).argParser(wordList('pass', mtuPasses)),
    )
    .addOption(
      new Option(
        '--udp-rate <RATE>',
        'at which udp-loss counts what is lost, from 100k to 100G (default: 300M)',
      ).argParser(bitRate('--udp-rate')),
    );
}

/** @param names of the scenarios, as they were given */
export function choiceOf(
  names: readonly string[],
  { measure, pairs = 1, mtu, udpRate = DEFAULT_UDP_RATE, hosts, containers, set = [] }: BenchFlags,
): BenchChoice {
  const wanted = measure ?? defaultInstruments;
  const instruments = wanted.includes('all') ? instrumentNames : instrumentNames.filter((one) => wanted.includes(one));
  const optionalPasses: readonly MtuPass[] = mtu === undefined ? ['equal'] : [];
  return {
    instruments,
    pairs,
    passes: mtu ?? mtuPasses,
    optionalPasses,
    udpRateBitsPerSecond: udpRate,
    variation: {
      scenarios: [...new Set(names)].map(lasting),
      hosts: hosts ?? null,
      containers: containers ?? null,
      set,
    },
  };
}

/** Runs a benchmark with progress; Ctrl-C ends it, and takes its labs down. */
export async function benchWithProgress(
  subjects: readonly Subject[],
  choice: BenchChoice,
  { budget = DEFAULT_BUDGET_MS, seed = randomInt(1, MOST_SEED) }: BenchFlags,
  settings: OutputSettings,
): Promise<BenchResult> {
  const [{ runBench }, { targetsOf }] = await Promise.all([import('../bench/bench.js'), import('../bench/target.js')]);
  await demandRoomFor(targetsOf(subjects, choice.pairs));
  await providePrograms(settings.mayInstall);
  const reporter = await reporterFor(settings);
  const live = settings.format === 'human' && settings.screen.isTTY;
  const interruption = listenForInterruption((text) => live || tell(text));
  try {
    const { stop, kill } = interruption;
    const emit: BenchReporter['onEvent'] = (event) => reporter.onEvent(event);
    const result = await runBench(subjects, { ...choice, budgetMs: budget, seed, alpha: ALPHA, stop, kill, emit });
    await reporter.onEnd();
    return result;
  } finally {
    interruption.release();
  }
}

async function reporterFor({ format, screen, style, verbose }: OutputSettings): Promise<BenchReporter> {
  if (format === 'events') return (await import('../report/events.js')).eventLines(process.stdout, netlabVersion);
  const { liveBench, plainBench } = await import('../report/bench-progress.js');
  if (format === 'human' && screen.isTTY && style.unicode && !verbose) return liveBench(screen);
  return plainBench(listener());
}
