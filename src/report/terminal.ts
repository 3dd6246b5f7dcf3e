/** The final report for people. */
import type { Reporter } from '../result/events.js';
import type { RunResult } from '../result/result.js';
import { circumstances } from './comparison-model.js';
import { leaksBlock, phasesBlock, verdictBlock } from './conclusion.js';
import { absentBlock, brokenBlocks, driftBlock, unverifiedBlock } from './findings.js';
import type { Block } from './findings.js';
import { followedBlock } from './followed.js';
import { renderMatrix } from './matrix.js';
import { writeText } from './output.js';
import type { Output } from './output.js';
import { marks, paint, printableDeep } from './style.js';
import type { Style } from './style.js';
import { count, hang } from './text.js';

function headBlock(result: RunResult, style: Style): Block {
  const { scenario, strategy, plan, environment, netlabVersion } = result;
  const facts = [
    ...(scenario === strategy ? [] : [`strategy ${strategy}`]),
    `${count(plan.hosts, 'host')}, ${count(plan.containers, 'container')}`,
    `MTU ${plan.mtuBytes}`,
    `Linux ${environment.kernel}, ${count(environment.cores, 'core')}, ${environment.privilege}`,
  ];
  const text = facts.join(` ${marks(style).dot} `);
  const title = paint(style, 'strong', scenario) + paint(style, 'quiet', `  netlab ${netlabVersion}`);
  const lines = [text, ...circumstances(result)].flatMap((line) => hang('', line, style.width));
  return [title, ...lines.map((line) => paint(style, 'quiet', line))];
}

/**
 * A result as text, ending in a newline; the same for a run that just ended and for a stored one.
 * @param detailed also how much was covered, and nothing is cut
 */
export function renderRun(result: RunResult, style: Style, detailed = false): string {
  const safe = printableDeep(result);
  const { promises } = safe;
  const blocks: readonly Block[] = [
    headBlock(safe, style),
    promises.length === 0 ? ['  No promise was measured.'] : renderMatrix(promises, style, detailed).split('\n'),
    ...brokenBlocks(promises, style),
    followedBlock(safe, style),
    driftBlock(safe, style),
    unverifiedBlock(promises, style),
    absentBlock(promises, style),
    [...phasesBlock(safe, style), ...leaksBlock(safe, style)],
    verdictBlock(safe, style),
  ];
  const shown = blocks.filter((block) => block.length > 0);
  return `${shown.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** Writes the report when the run has ended. */
export function terminalReporter(output: Output, style: Style, detailed = false): Reporter {
  return { onEnd: (result) => writeText(output, renderRun(result, style, detailed)) };
}
