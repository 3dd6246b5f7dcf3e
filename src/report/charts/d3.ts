/** The parts of D3 that charts are made of: scales with round ticks, and lines. Pure functions, no DOM; imported only here. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { curveMonotoneX, line } from 'd3-shape';

/** From values to places on the page. */
export interface Scale {
  readonly place: (value: number) => number;
  /** Round values, about so many. */
  readonly ticks: (count: number) => readonly number[];
}

type Range = readonly [from: number, to: number];

/** @param domain widened to round values */
export function linearScale(domain: Range, range: Range): Scale {
  const scale = scaleLinear([...domain], [...range]).nice();
  return { place: (value) => scale(value), ticks: (count) => scale.ticks(count) };
}

/** Between powers of ten D3 gives every multiple: only 1, 2 and 5 of each are worth a label. */
const isRound = (value: number): boolean => /^[125]/.test(value.toExponential());

/** @param domain above 0 */
export function logScale(domain: Range, range: Range): Scale {
  const scale = scaleLog([...domain], [...range]);
  return { place: (value) => scale(value), ticks: (count) => scale.ticks(count).filter(isRound) };
}

type Point = readonly [x: number, y: number];

/** The `d` of a path through the points. @param smooth without ever rising above or falling below them */
export function linePath(points: readonly Point[], smooth = false): string {
  const path = line<Point>(
    ([x]) => x,
    ([, y]) => y,
  ).digits(1);
  return (smooth ? path.curve(curveMonotoneX) : path)([...points]) ?? '';
}
