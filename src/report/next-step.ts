/** What a user can do with a result. */
import { exitCodes } from '../result/exit-code.js';
import type { Evidence, RunResult } from '../result/result.js';
import { shellWord } from './command-name.js';
import { measuredWith, onLab, onScenario, saveFirst } from './scenario-again.js';

export interface NextStep {
  /** One sentence. */
  readonly say: string;
  /** Commands to copy, in order. */
  readonly commands: readonly string[];
}

/** The first evidence that points somewhere. */
function blamed({ promises }: RunResult): Evidence | undefined {
  return promises
    .filter(({ cell }) => cell === 'BROKEN')
    .flatMap(({ checks }) => checks.flatMap(({ evidence }) => evidence))
    .find(({ where }) => where !== undefined);
}

/** The first node of `h1`, `h1:eth1` or `h2c1 and h2c2`. */
const firstNode = ({ where = '' }: Evidence): string => where.split(/[\s:,]/u, 1)[0] ?? '';

const firstHost = ({ design }: RunResult): string => design?.topology.groups[0]?.id ?? 'h1';

const speaksOfRules = (text = ''): boolean => /ruleset|nftables/iu.test(text);

/** Whether filters or NAT of the node are what has changed. */
function isAboutRules({ drift }: RunResult, evidence: Evidence, node: string): boolean {
  const { message, expected, seen } = evidence;
  const ofNode = drift.filter((line) => line.startsWith(`${node}:`) || line.startsWith(`${node} `));
  return [message, expected, seen, ...ofNode].some(speaksOfRules);
}

function steps(result: RunResult, node: string, command: string): readonly string[] {
  const lab = result.lab ?? 'look';
  return [
    // A run's lab is gone, so another one is started first.
    ...(result.lab === undefined ? [onScenario('up', result, ['--name', lab])] : []),
    `netlab exec ${shellWord(lab)} ${shellWord(node)} -- ${command}`,
    onLab(lab, measuredWith(result)),
  ];
}

/** Into the lab that was measured. */
function lookInside(result: RunResult): NextStep {
  const evidence = blamed(result);
  const node = evidence === undefined ? firstHost(result) : firstNode(evidence);
  const isRules = evidence !== undefined && isAboutRules(result, evidence, node);
  return {
    say: 'Look at it from inside, change something, and measure again:',
    commands: steps(result, node, isRules ? 'nft list ruleset' : 'ip -d addr'),
  };
}

/** Each host's way to the others is its eth1. */
function breakIt(result: RunResult): NextStep {
  return {
    say: 'Break it and see: make an interface of a running lab smaller, and verify again:',
    commands: steps(result, firstHost(result), 'ip link set eth1 mtu 1400'),
  };
}

function again(result: RunResult, ...more: readonly string[]): string {
  const options = measuredWith(result, ...more);
  return result.lab === undefined ? onScenario('run', result, options) : onLab(result.lab, options);
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

/** What to do next; the commands are those that netlab was given, with all options. */
export function nextStep(result: RunResult): NextStep {
  const step = stepOf(result);
  const first = saveFirst(result);
  return first === undefined || step.commands.length === 0 ? step : { ...step, say: `${first} ${step.say}` };
}

function stepOf(result: RunResult): NextStep {
  const { exitCode, promises } = result;
  if (exitCode === exitCodes.broken) return lookInside(result);
  if (exitCode === exitCodes.interrupted) return { say: 'Run it again and let it end:', commands: [again(result)] };
  if (exitCode === exitCodes.inconclusive) {
    const remedies = promises.some(({ checks }) => checks.some(({ remedy }) => remedy !== undefined));
    return {
      say: remedies ? 'Do what is said above about what is unverified, and run again:' : 'Run again:',
      commands: [again(result)],
    };
  }
  if (exitCode !== exitCodes.kept) return afterFailure(result);
  return promises.some(({ cell }) => cell === 'unverified')
    ? { say: 'To let unverified promises count:', commands: [again(result, '--strict')] }
    : breakIt(result);
}
