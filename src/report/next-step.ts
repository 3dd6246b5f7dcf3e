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

function lookInside(result: RunResult): NextStep {
  const node = shellWord(blamedNode(result) ?? 'h1');
  return {
    say: 'Look at it from inside, change something, and measure again:',
    commands: [
      `netlab up ${shellWord(result.scenario)} --name look`,
      `netlab exec look ${node} -- ip -d addr`,
      'netlab verify look',
    ],
  };
}

function afterFailure({ scenario, failure, leaks }: RunResult): NextStep {
  if (failure?.remedy !== undefined) return { say: failure.remedy, commands: [] };
  if (leaks !== null && leaks.leftovers.length > 0)
    return { say: 'The next netlab command sweeps what carries the mark of a dead run:', commands: ['netlab ps'] };
  return {
    say: 'See what this machine lacks, then run again:',
    commands: ['netlab doctor', `netlab run ${shellWord(scenario)}`],
  };
}

/** What to do next. */
export function nextStep(result: RunResult): NextStep {
  const { exitCode, scenario, promises } = result;
  const again = [`netlab run ${shellWord(scenario)}`];
  if (exitCode === exitCodes.broken) return lookInside(result);
  if (exitCode === exitCodes.inconclusive || exitCode === exitCodes.interrupted) {
    const remedies = promises.some(({ checks }) => checks.some(({ remedy }) => remedy !== undefined));
    return {
      say: remedies ? 'Do what is said above about what is unverified, and run again:' : 'Run again:',
      commands: again,
    };
  }
  if (exitCode !== exitCodes.kept) return afterFailure(result);
  return promises.some(({ cell }) => cell === 'unverified')
    ? { say: 'To let unverified promises count:', commands: [`${again[0]} --strict`] }
    : {
        say: 'Break it and see: change something in a running lab, and verify again:',
        commands: lookInside(result).commands,
      };
}
