/** What following lost packets has cost, and for how many losses it stands. */
import type { RunResult } from '../result/result.js';
import type { Block } from './findings.js';
import type { Style } from './style.js';
import { paint } from './style.js';
import { hang, formatDuration } from './text.js';

/** `Lost packets followed: 3 in 1.20 s, standing for 108 that are alike`; undefined where nothing is broken or nothing was followed. */
export function followedText({ followUps, promises }: RunResult): string | undefined {
  if (followUps === undefined || promises.every(({ cell }) => cell !== 'BROKEN')) return undefined;
  const { followed, alike, notFollowed, durationMs } = followUps;
  const stand = followed === 0 ? '' : ` in ${formatDuration(durationMs)}, standing for ${alike} that are alike`;
  const others = notFollowed === 0 ? '' : `; ${notFollowed} more not followed: a verify bounds number and time`;
  return `Lost packets followed: ${followed}${stand}${others}`;
}

export function followedBlock(result: RunResult, style: Style): Block {
  const text = followedText(result);
  return text === undefined ? [] : hang('  ', text, style.width).map((line) => paint(style, 'quiet', line));
}
