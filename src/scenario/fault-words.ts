/** A fault as the command line says it. */
import { faultFile, faultSpec } from './fault-file.js';
import { faultArguments, type FaultName, faultNames, type FaultSpec, usageOf } from './fault.js';
import { findingsOf } from './issues.js';
import { didYouMean } from './nearest.js';
import { inputSchema } from './schema.js';

export type ReadFault = { readonly spec: FaultSpec } | { readonly problem: string; readonly remedy: string };

/** Arguments that are numbers: everything on a command line is text. */
const numbers: ReadonlySet<string> = new Set(['percent', 'kbitPerSecond', 'mtuBytes']);

/** @param words the fault's name, then what it is told: `loss h1:eth1 20`, `partition h1,h2 h3` */
export function readFault([name = '', ...words]: readonly string[]): ReadFault {
  if (!isFaultName(name)) return unknownFault(name);
  const written: Record<string, unknown> = { [name]: toldBy(name, words) };
  const tooMany = name !== 'partition' && words.length > faultArguments[name].length;
  const result = faultFile.safeParse(written);
  if (result.success && !tooMany) return { spec: faultSpec(result.data) };
  const [finding] = result.success ? [] : findingsOf(result.error.issues, written, inputSchema(faultFile));
  const message = finding === undefined ? `there are too many words` : wordsOf(finding);
  return { problem: `${name}: ${message}`, remedy: `it is told: ${usageOf(name)}` };
}

function isFaultName(name: string): name is FaultName {
  return (faultNames as readonly string[]).includes(name);
}

function unknownFault(name: string): ReadFault {
  const hint = didYouMean(name, faultNames);
  const problem = `there is no fault ${JSON.stringify(name)}${hint === undefined ? '' : `; ${hint}`}`;
  return { problem, remedy: `choose one of: ${faultNames.join(', ')}` };
}

function toldBy(name: FaultName, words: readonly string[]): Readonly<Record<string, unknown>> {
  if (name === 'partition') return { groups: words.map((word) => word.split(',')) };
  return Object.fromEntries(
    faultArguments[name].flatMap((argument, index) => {
      const word = words[index];
      if (word === undefined) return [];
      return [[argument, numbers.has(argument) && /^\d+(\.\d+)?$/u.test(word) ? Number(word) : word]];
    }),
  );
}

function wordsOf({ path, message, allowed, hint }: ReturnType<typeof findingsOf>[number]): string {
  const place = path.slice(1).join('.');
  const rest = [
    message,
    ...(allowed === undefined ? [] : [`allowed: ${allowed}`]),
    ...(hint === undefined ? [] : [hint]),
  ];
  return place === '' ? rest.join('; ') : `${place}: ${rest.join('; ')}`;
}
