/** What kinds of lines mean, below the picture; only those that are there. */
import { type LineKind, lineKinds } from '../kinds.js';
import type { Line } from '../topology.js';
import type { Box, LegendEntry } from './drawing.js';
import { smallFont } from './measures.js';
import { shortened, textWidth } from './text-size.js';

const meanings: Readonly<Record<LineKind, string>> = {
  lan: 'LAN cable',
  uplink: 'uplink',
  inside: 'cable inside a host',
  forwarding: 'routed by the host',
  tunnel: 'tunnel over the LAN',
};

const sampleWidth = 30;
const entryGap = 22;
const rowHeight = 18;

export interface Legend {
  readonly entries: readonly LegendEntry[];
  readonly height: number;
}

/** @param all lines @param untold those whose words stand nowhere else */
export function legendOf(all: readonly Line[], untold: readonly Line[], place: Pick<Box, 'x' | 'y' | 'width'>): Legend {
  const there = lineKinds.filter(
    (kind) =>
      all.some((line) => line.kind === kind) && (kind !== 'inside' || untold.some((line) => line.kind === kind)),
  );
  const entries: LegendEntry[] = [];
  let [x, y] = [place.x, place.y];
  for (const kind of there) {
    const text = shortened([meanings[kind], ...wordsOf(kind, untold)].join(': '));
    const width = sampleWidth + Math.ceil(textWidth(text, smallFont));
    if (x > place.x && x + width > place.x + place.width) [x, y] = [place.x, y + rowHeight];
    entries.push({ kind, text, box: { x, y, width, height: rowHeight } });
    x += width + entryGap;
  }
  return { entries, height: entries.length === 0 ? 0 : y + rowHeight - place.y };
}

/** `gre1` and `gre2` are of one sort. */
function wordsOf(kind: LineKind, untold: readonly Line[]): readonly string[] {
  const words = untold.flatMap((line) =>
    line.kind === kind ? [line.odd ? (line.label ?? '') : (line.label ?? '').replace(/\d+$/u, '')] : [],
  );
  const different = [...new Set(words)].filter((word) => word !== '');
  return different.length === 0 ? [] : [different.join(', ')];
}
