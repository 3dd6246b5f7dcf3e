/** `--hosts`, `--containers` and `--set`: a scenario otherwise than its file says. */
import { maxContainersPerHost, maxHosts } from '../cluster/limits.js';
import type { Setting, Variation } from '../scenario/variation.js';
import { type Command, Option } from './commander.js';
import { wholeNumber } from './bounded-number.js';
import { UsageError } from './usage-error.js';

/** As commander has them. */
export interface VariationFlags {
  readonly hosts?: number;
  readonly containers?: number;
  readonly set?: readonly string[];
}

export function addVariationOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--hosts <N>', 'instead of the number of hosts that the scenario has').argParser(
        wholeNumber('--hosts', maxHosts),
      ),
    )
    .addOption(
      new Option('--containers <N>', 'instead of the number of containers that each host has').argParser(
        wholeNumber('--containers', maxContainersPerHost),
      ),
    )
    .addOption(
      new Option(
        '--set <KEY=VALUE>',
        'instead of what the file says at that place, such as cluster.underlay.mtu=9000 or strategy.stp=true; may be given several times',
      ).argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]),
    );
}

/** @throws UsageError for a setting without a place or a value */
export async function variationOf({ hosts, containers, set = [] }: VariationFlags): Promise<Variation> {
  return {
    ...(hosts === undefined ? {} : { hosts }),
    ...(containers === undefined ? {} : { containers }),
    ...(set.length === 0 ? {} : { set: await Promise.all(set.map(settingOf)) }),
  };
}

/** `cluster.hosts[0].mtu=1400`: a value is written as in the file. */
async function settingOf(written: string): Promise<Setting> {
  const { readYaml } = await import('../scenario/yaml-document.js');
  const at = written.indexOf('=');
  const key = written.slice(0, Math.max(at, 0));
  if (!/^[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*|\[\d{1,4}\])*$/u.test(key))
    throw new UsageError(`--set needs KEY=VALUE, not ${JSON.stringify(written)}`, {
      remedy: 'Write the key as in cluster.underlay.mtu=9000 or cluster.hosts[0].mtu=1400.',
    });
  const { value, problems } = readYaml(written.slice(at + 1));
  const [problem] = problems;
  if (problem !== undefined) throw new UsageError(`--set ${written}: no value of a scenario: ${problem.message}`);
  const path = key.split(/[.[\]]+/u).filter((step) => step !== '');
  return { written, path: path.map((step) => (/^\d+$/u.test(step) ? Number(step) : step)), value };
}
