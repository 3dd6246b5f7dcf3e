import type { Command } from '../commander.js';
import { define } from '../define.js';
import { addMeasurementOptions, measure } from '../measurement.js';
import { demandLab } from '../running-lab.js';

export function verifyCommand(): Command {
  const command = define({
    name: 'verify',
    summary: 'measure it as it is now',
    description:
      'Measures every promise of a running lab afresh, any number of times, also after someone has changed it by hand. ' +
      'The lab stays up. Where it was mended a moment ago, it is given the time to recover that its design allows. ' +
      'Beside a failure it says how the lab differs from its plan.',
    machine: 'json and events',
    examples: [
      ['netlab verify look', 'does it still keep its promises?'],
      ['netlab verify look --only container-to-container', 'only one of them'],
    ],
  }).argument('<LAB>', 'name of a running lab: see netlab ps');
  return addMeasurementOptions(command).action(async (lab: string) => {
    demandLab(lab);
    const { verifyRunningLab } = await import('../../labs/verify.js');
    await measure(command, ['verify'], (options) => verifyRunningLab(lab, options));
  });
}
