import { type DifferenceFormat, differenceFormats, renderDifferenceFile } from '../../report/bench-formats.js';
import { readBench } from '../bench-source.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { demandPlaces } from '../places.js';
import { addReportOption, besideReports, type ReportFile, writeEach } from '../report-files.js';
import { outputOf } from '../output.js';
import { demandOneInput } from '../read-text.js';
import { printDifference } from './gate.js';

export function diffCommand(): Command {
  const command = define({
    name: 'diff',
    summary: 'compare two stored benchmarks',
    description:
      'Compares the ratios to the wire of two stored benchmarks, cell by cell; from 10 % on they differ. Measures nothing. ' +
      'Exit code 0 when the comparison could be shown, whatever it says; netlab gate judges.',
    machine: 'json',
    examples: [
      ['netlab diff before.json after.json', 'what has become of each ratio'],
      ['netlab diff before.json after.json --json', 'the same for a program'],
    ],
  });
  addReportOption(command, differenceFormats);
  return command
    .argument('<BEFORE>', 'a stored benchmark; - is standard input')
    .argument('<AFTER>', 'another one')
    .action(async (before: string, after: string) => {
      const { report: reports = [] } = command.opts<{ readonly report?: readonly ReportFile<DifferenceFormat>[] }>();
      const settings = besideReports(outputOf(command), reports);
      demandOneInput([before, after]);
      const [first, second] = [await readBench(before), await readBench(after)];
      const { differenceOf } = await import('../../bench/difference.js');
      const difference = differenceOf(first, second);
      await demandPlaces({ files: reports.map(({ file }) => file) });
      await printDifference(difference, settings);
      await writeEach(reports, (format) => renderDifferenceFile(format, difference));
    });
}
