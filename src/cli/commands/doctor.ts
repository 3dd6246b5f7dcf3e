import { writeText } from '../../report/output.js';
import { exitCodes } from '../../result/exit-code.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { outputOf } from '../output.js';

export function doctorCommand(): Command {
  const command = define({
    name: 'doctor',
    summary: 'show what this machine lacks, and how to get it',
    description:
      'Tries every kernel feature in a throw-away namespace and every program by its version, and says which strategies ' +
      'can run here, and what netlab bench cannot measure. Exit code 3 when something that a strategy needs is missing. --verbose also shows what none needs.',
    machine: 'json',
    examples: [
      ['netlab doctor', 'can netlab run here?'],
      ['netlab doctor --json', 'the same for a program'],
    ],
  });
  return command.action(async () => {
    const { format, style, verbose } = outputOf(command);
    const { examine } = await import('../diagnosis.js');
    const diagnosis = await examine();
    const text =
      format === 'json'
        ? `${JSON.stringify(diagnosis, null, 2)}\n`
        : (await import('../diagnosis-text.js')).renderDiagnosis(diagnosis, style, verbose);
    await writeText(process.stdout, text);
    if (!diagnosis.healthy) process.exitCode = exitCodes.failed;
  });
}
