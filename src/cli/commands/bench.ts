import { type BenchFormat, benchFormats, renderBenchFile } from '../../report/bench-formats.js';
import { writeText } from '../../report/output.js';
import type { BenchResult } from '../../result/bench.js';
import { addBudgetOptions, addChoiceOptions, type BenchFlags, benchWithProgress, choiceOf } from '../bench-options.js';
import { benchSubjects, demandPairs } from '../bench-source.js';
import { calledAs } from '../called-as.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { outputOf, type OutputSettings } from '../output.js';
import { addReportOption, besideReports, type ReportFile, writeEach } from '../report-files.js';
import { storeBench } from '../bench-store.js';
import { variationOf } from '../variation-options.js';

interface Flags extends BenchFlags {
  readonly out?: string;
  readonly history?: string;
  readonly report?: readonly ReportFile<BenchFormat>[];
}

export function benchCommand(): Command {
  const command = define({
    name: 'bench',
    summary: 'measure how fast set-ups are, beside a bare cable',
    description:
      'Builds every scenario, a bare cable (wire) and a routed network (host-gw) side by side, and measures them in turns, ' +
      'round after round in an order left to chance, until the budget is used up. Shows ratios to the wire with 95 % ' +
      'intervals, and judges each scenario against host-gw: better, worse, same, or INCONCLUSIVE with how many more ' +
      'rounds would decide. What the budget is enough for is said first: 60s on an idle machine is enough to tell of two ' +
      'networks, and between two benchmarks of them, that goodput, CPU and round trips have not changed. One kernel carries all ends: the ratios mean something, the figures do not. Needs iperf3 and ' +
      'ping. Exit code 0 when it was measured, 4 when others used the machine, or nothing could be judged.',
    machine: 'json and events',
    examples: [
      ['netlab bench', 'overlay against routable: vxlan and routable-lan, for two minutes'],
      ['netlab bench routable-lan vxlan --hosts 8', 'the same on eight hosts'],
      ['netlab bench vxlan --set cluster.underlay.mtu=9000', 'on a wire with jumbo frames; host-gw gets the same wire'],
      ['netlab bench vxlan --budget 5m --measure all --pairs 2', 'everything, in both directions'],
      ['netlab bench vxlan --json > baseline.json', 'a baseline for netlab gate'],
      ['netlab bench vxlan --report markdown=bench.md --report junit=bench.xml', 'for a CI'],
      ['netlab bench vxlan --out reports --history reports/bench.jsonl', 'charts, and a line more in the history'],
    ],
  }).argument('[SCENARIO...]', 'names of scenarios in ./scenarios or of netlab itself, or paths of files');
  addChoiceOptions(addBudgetOptions(command))
    .option('--out <DIR>', 'also store DIR/bench.json and DIR/bench.html')
    .option('--history <FILE>', 'also add a line to this file; netlab trend shows it');
  addReportOption(command, benchFormats);
  return command.action(async (names: readonly string[]) => {
    const flags = command.opts<Flags>();
    await benchAndReport(names, flags, besideReports(outputOf(command), flags.report ?? []));
  });
}

async function benchAndReport(names: readonly string[], flags: Flags, settings: OutputSettings): Promise<void> {
  const reports = flags.report ?? [];
  const subjects = await benchSubjects(names, await variationOf(flags));
  demandPairs(subjects, flags.pairs ?? 1);
  const files = reports.map(({ file }) => file);
  const store = await storeBench(flags.out, flags.history, files);
  const result = await benchWithProgress(subjects, choiceOf(names, flags), flags, settings);
  await print(result, settings);
  await store(result);
  await writeEach(reports, (format) => renderBenchFile(format, result, calledAs()));
  process.exitCode = result.exitCode;
}

async function print(result: BenchResult, { format, screen, style }: OutputSettings): Promise<void> {
  if (format === 'events') return;
  if (format === 'json') return await writeText(process.stdout, `${JSON.stringify(result, null, 2)}\n`);
  const { renderBench } = await import('../../report/bench-terminal.js');
  await writeText(screen, renderBench(result, style));
}
