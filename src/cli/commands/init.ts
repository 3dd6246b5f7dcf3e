import { writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { writeText } from '../../report/output.js';
import { asCalled } from '../../report/command-name.js';
import { marks, paint } from '../../report/style.js';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { fileTrouble } from '../file-trouble.js';
import { demandPlaces } from '../places.js';
import { outputOf } from '../output.js';
import { UsageError } from '../usage-error.js';

export function initCommand(): Command {
  const command = define({
    name: 'init',
    summary: 'write a commented scenario to start from',
    description:
      'Writes a scenario with every field that there is, commented, so that it can be run as it is. A name without a ' +
      'path goes to ./scenarios, where netlab run finds it by name; a path without .yaml or .yml at its end gets .yaml. A ' +
      'file that exists is never overwritten.',
    examples: [
      ['netlab init', 'write scenarios/my-cluster.yaml'],
      ['netlab init office --strategy bridge-l2 && netlab run office', 'a name and a strategy of your choice'],
      ['netlab init /tmp/try.yaml', 'a file anywhere'],
    ],
  });
  return command
    .argument('[FILE]', 'a name, or the path of the new file', 'my-cluster')
    .option('--strategy <NAME>', 'how containers get addresses across hosts', 'bridge-l2')
    .action(async (target: string, { strategy }: { readonly strategy: string }) => {
      const { style } = outputOf(command);
      const { scenarioTemplate } = await import('../scenario-template.js');
      const { file, runAs } = placeOf(target);
      const text = asCalled(scenarioTemplate(strategy, runAs), style.command);
      await demandPlaces({ what: 'scenario', folder: dirname(file) });
      await createFile(file, text);
      const steps = [`netlab plan ${runAs}`, `netlab run ${runAs}`].map((step) => `  ${asCalled(step, style.command)}`);
      const title = `${paint(style, 'good', marks(style).good)} wrote ${isOutside(file) ? resolve(file) : file}`;
      await writeText(process.stdout, `${[title, '', ...steps].join('\n')}\n`);
    });
}

/** Of a path that leads out of the current folder one wants to know where it led. */
const isOutside = (file: string): boolean => relative('.', file).startsWith('..');

interface Place {
  readonly file: string;
  /** How it is named on the command line from then on. */
  readonly runAs: string;
}

const scenarioSuffixes: readonly string[] = ['.yaml', '.yml'];

/** As netlab run reads it: a name is looked for in ./scenarios. */
function placeOf(target: string): Place {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(target) && !scenarioSuffixes.includes(extname(target)))
    return { file: join('scenarios', `${target}.yaml`), runAs: target };
  if (
    scenarioSuffixes.includes(basename(target)) ||
    !/^[\w./@%+=-]+$/.test(target) ||
    target.startsWith('-') ||
    target.endsWith('/')
  )
    throw new UsageError(`${JSON.stringify(target)} is no name for a scenario file`, {
      remedy: 'use letters, digits, "-", "_" and "."; folders with "/"',
    });
  const file = scenarioSuffixes.includes(extname(target)) ? target : `${target}.yaml`;
  return { file, runAs: file };
}

async function createFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new UsageError(`${file} exists, and is left as it is`, { remedy: 'choose another name' });
    throw new UsageError(`${file} cannot be written: ${fileTrouble(cause)}`, { cause });
  }
}
