import { availableParallelism, freemem } from 'node:os';
import type { Entry } from '../../compare/compare.js';
import type { PromiseName } from '../../declaration/promise.js';
import type { ComparisonReporter } from '../../report/comparison-progress.js';
import { fitText } from '../../report/fit.js';
import { writeText } from '../../report/output.js';
import { type Comparison, namesOfShard, type Shard } from '../../result/comparison.js';
import { underlayKinds, type UnderlayKind } from '../../scenario/scenario.js';
import { type Command, Option } from '../commander.js';
import { planEntries } from '../comparison-source.js';
import { define } from '../define.js';
import { addChoiceOptions, purposeOf } from '../measurement.js';
import { providePrograms } from '../machine-programs.js';
import { outputOf, type OutputSettings } from '../output.js';
import { wholeNumber } from '../bounded-number.js';
import { addReportOption, type ReportFile, besideReports } from '../report-files.js';
import { defaultFolder, reportStoreOrDefault } from '../report-folder.js';
import { parseShard, shardVariables } from '../shard.js';
import { labsThatFit } from '../room.js';
import { type Interruption, listenForInterruption } from '../signals.js';
import { roomOf } from '../style.js';
import { listener, tell } from '../tell.js';
import { exitCodes } from '../../result/exit-code.js';
import { addVariationOptions, type VariationFlags, variationOf } from '../variation-options.js';
import { wordList } from '../word-list.js';
import { netlabVersion } from '../../run/version.js';

interface Flags extends VariationFlags {
  readonly underlay?: readonly UnderlayKind[];
  readonly only?: readonly PromiseName[];
  readonly strict?: true;
  readonly skipMissing?: true;
  readonly shard?: string;
  readonly jobs?: number;
  readonly out?: string;
  readonly report?: readonly ReportFile[];
}

export function compareCommand(): Command {
  const command = define({
    name: 'compare',
    summary: 'measure several set-ups, and show them side by side',
    description:
      'Runs scenarios in labs side by side and shows one matrix: what each promises, and what was found. Without names: ' +
      'every scenario that netlab ships for a strategy. The exit code is that of the worst run; where several hold: 2, ' +
      '3, 1, 4, 0. A strategy that needs what this machine does not have is shown as not built and is exit code 3, so ' +
      'that no gate turns green by losing a package; with --skip-missing it is shown and does not count.',
    machine: 'json and events',
    examples: [
      ['netlab compare', 'all strategies, each on the cluster of its scenario'],
      ['netlab compare --hosts 3 --underlay routed', 'all of them on three hosts behind routers'],
      ['netlab compare bridge-l2 ./mine.yaml --underlay switch,routed', 'two scenarios, each on both underlays'],
      ['netlab compare --shard 1/3 --out part1', 'a third of them, on this machine; netlab merge joins the parts'],
    ],
  }).argument('[SCENARIO...]', 'names of scenarios in ./scenarios or of netlab itself, or paths of files');
  addOptions(command).addHelpText('after', shardHelp);
  return command.action(async (names: readonly string[]) => {
    const flags = command.opts<Flags>();
    await compareAndReport(names, flags, besideReports(outputOf(command), flags.report ?? []));
  });
}

const shardHelp = (): string =>
  fitText(
    ['', '--shard auto reads the first of these that is set:', ...shardVariables.map((line) => `  ${line}`)].join('\n'),
    roomOf(process.stdout),
  );

function addOptions(command: Command): Command {
  command.addOption(
    new Option(
      '--underlay <KIND,...>',
      'instead of the underlay that each scenario names: switch, routed, or both',
    ).argParser(wordList('underlay', underlayKinds)),
  );
  return addReportOption(addChoiceOptions(addVariationOptions(command)))
    .option('--skip-missing', 'what this machine cannot build is shown, and does not count for the exit code')
    .option('--shard <I/N>', 'only the I-th of N parts; auto reads both from the CI system, auto/N only I')
    .addOption(
      new Option('--jobs <N>', 'labs that build or measure at once; waiting for protocols does not count').argParser(
        wholeNumber('--jobs', MOST_JOBS),
      ),
    )
    .option('--out <DIR>', `folder for a report in every format (default: "${defaultFolder}")`);
}

async function compareAndReport(names: readonly string[], flags: Flags, settings: OutputSettings): Promise<void> {
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard, process.env);
  const all = await planEntries(names, flags.underlay ?? [], await variationOf(flags), purposeOf(flags));
  const store = await reportStoreOrDefault(flags);
  await providePrograms(settings.mayInstall);
  const reporter = await reporterFor(settings);
  const live = settings.format === 'human' && settings.screen.isTTY;
  const interruption = listenForInterruption((text) => (live ? reporter.onStop?.() : tell(text)));
  try {
    const comparison = await measureAll(all, shard, flags, interruption, reporter);
    await reporter.onEnd();
    await print(comparison, settings);
    // Nothing takes no place of an earlier comparison, unless a place was asked for.
    if (flags.out !== undefined || hasResults(comparison)) await store({ kind: 'comparison', comparison });
    process.exitCode = comparison.exitCode;
  } finally {
    interruption.release();
  }
}

const hasResults = ({ exitCode, runs }: Comparison): boolean =>
  exitCode !== exitCodes.interrupted || runs.some(({ result }) => result.promises.length > 0);

async function measureAll(
  all: readonly Entry[],
  shard: Shard | undefined,
  flags: Flags,
  { stop, kill }: Interruption,
  reporter: ComparisonReporter,
): Promise<Comparison> {
  const planned = all.map(({ name }) => name);
  const chosen = shard === undefined ? planned : namesOfShard(planned, shard);
  const { compare } = await import('../../compare/compare.js');
  const entries = all.filter(({ name }) => chosen.includes(name));
  return await compare(entries, {
    ...(flags.only === undefined ? {} : { only: flags.only }),
    ...(shard === undefined ? {} : { shard }),
    strict: flags.strict === true,
    skipMissing: flags.skipMissing === true,
    planned,
    ...(await boundsOf(entries, flags.jobs)),
    stop,
    kill,
    emit: (event) => reporter.onEvent(event),
  });
}

/** Far more than any machine has processors. */
const MOST_JOBS = 1000;
/** A lab of three hosts with daemons of its own; measured. */
const LAB_BYTES = 300 * 2 ** 20;
const mostLabs = 24;

/** Labs at once: those that work, by cores; those that only wait, too, by memory; and no more than there is room for. */
async function boundsOf(
  entries: readonly Entry[],
  jobs = Math.max(2, availableParallelism()),
): Promise<{ readonly jobs: number; readonly labs: number }> {
  const room = Math.floor(freemem() / LAB_BYTES);
  const plans = entries.map(({ plan }) => plan);
  const labs = await labsThatFit(plans, Math.max(jobs, Math.min(mostLabs, room)));
  return { jobs: Math.min(jobs, labs), labs };
}

async function reporterFor({ format, screen, style, verbose }: OutputSettings): Promise<ComparisonReporter> {
  if (format === 'events') return (await import('../../report/events.js')).eventLines(process.stdout, netlabVersion);
  const { liveComparison, plainComparison } = await import('../../report/comparison-progress.js');
  if (format === 'human' && screen.isTTY && style.unicode && !verbose) return liveComparison(screen);
  return plainComparison(listener());
}

async function print(comparison: Comparison, { format, screen, style }: OutputSettings): Promise<void> {
  if (format === 'events') return;
  if (format === 'json') return await writeText(process.stdout, `${JSON.stringify(comparison, null, 2)}\n`);
  const { renderComparison } = await import('../../report/comparison-terminal.js');
  await writeText(screen, renderComparison(comparison, style));
}
