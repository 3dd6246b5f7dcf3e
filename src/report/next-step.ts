/** What a user can do with a result. */
import { exitCodes } from '../result/exit-code.js';
import type { RunResult } from '../result/result.js';

export interface NextStep {
  /** One sentence. */
  readonly say: string;
  /** Commands to copy, in order. */
  readonly commands: readonly string[];
}

/** A word of a command line as a POSIX shell reads it back. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The node that the first evidence points at. */
function blamedNode({ promises }: RunResult): string | undefined {
  const evidence = promises
    .filter(({ cell }) => cell === 'BROKEN')
    .flatMap(({ checks }) => checks.flatMap((c) => c.evidence));
  return evidence.find(({ where }) => where !== undefined)?.where?.split(':')[0];
}

/** Into the lab that was measured; a run's lab is gone, so another one is started first. */
function lookInside(result: RunResult): NextStep {
  const node = shellWord(blamedNode(result) ?? 'h1');
  const lab = shellWord(result.lab ?? 'look');
  return {
    say: 'Look at it from inside, change something, and measure again:',
    commands: [
      ...(result.lab === undefined ? [`netlab up ${shellWord(result.scenario)} --name ${lab}`] : []),
      `netlab exec ${lab} ${node} -- ip -d addr`,
      `netlab verify ${lab}`,
    ],
  };
}

function again({ lab, scenario }: RunResult): string {
  return lab === undefined ? `netlab run ${shellWord(scenario)}` : `netlab verify ${shellWord(lab)}`;
}

function afterFailure(result: RunResult): NextStep {
  const { failure, leaks } = result;
  if (failure?.remedy !== undefined) return { say: failure.remedy, commands: [] };
  if (leaks !== null && leaks.leftovers.length > 0)
    return { say: 'The next netlab command sweeps what carries the mark of a dead run:', commands: ['netlab ps'] };
  return {
    say: 'See what this machine lacks, then run again:',
    commands: ['netlab doctor', again(result)],
  };
}

/** What to do next. */
export function nextStep(result: RunResult): NextStep {
  const { exitCode, promises } = result;
  if (exitCode === exitCodes.broken) return lookInside(result);
  if (exitCode === exitCodes.inconclusive || exitCode === exitCodes.interrupted) {
    const remedies = promises.some(({ checks }) => checks.some(({ remedy }) => remedy !== undefined));
    return {
      say: remedies ? 'Do what is said above about what is unverified, and run again:' : 'Run again:',
      commands: [again(result)],
    };
  }
  if (exitCode !== exitCodes.kept) return afterFailure(result);
  return promises.some(({ cell }) => cell === 'unverified')
    ? { say: 'To let unverified promises count:', commands: [`${again(result)} --strict`] }
    : {
        say: 'Break it and see: change something in a running lab, and verify again:',
        commands: lookInside(result).commands,
      };
}
