/** Lines as paths: upright where that is possible, else with one level stretch; from host to host as curves. */
import { bottomOf, type Box, middleOf, type Point, rightOf } from './drawing.js';

const pair = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
export const round = (number: number): number => Number(number.toFixed(1));
export const pathOf = (...points: readonly Point[]): string => `M${points.map(pair).join('L')}`;

/** Boxes above each other, or side by side. @returns where the line ends at each, in between what it turns at */
export function between(one: Box, other: Box): readonly Point[] {
  if (one.y < bottomOf(other) && other.y < bottomOf(one)) return level(one, other);
  const [above, below] = one.y < other.y ? [one, other] : [other, one];
  const points = upright(above, below);
  return one === above ? points : points.toReversed();
}

function level(one: Box, other: Box): readonly Point[] {
  const y = Math.max(one.y, other.y) + Math.min(one.height, other.height) / 2;
  return one.x < other.x
    ? [
        { x: rightOf(one), y },
        { x: other.x, y },
      ]
    : [
        { x: one.x, y },
        { x: rightOf(other), y },
      ];
}

const isOver = (box: Box, x: number): boolean => x > box.x + 4 && x < rightOf(box) - 4;

function upright(above: Box, below: Box): readonly Point[] {
  const [top, bottom] = [bottomOf(above), below.y];
  // The narrower one has the line in its middle.
  const middles = (above.width < below.width ? [above, below] : [below, above]).map(middleOf);
  const x = middles.find((middle) => isOver(above, middle) && isOver(below, middle));
  if (x !== undefined)
    return [
      { x, y: top },
      { x, y: bottom },
    ];
  const turn = (top + bottom) / 2;
  const [from, to] = [middleOf(above), middleOf(below)];
  return [
    { x: from, y: top },
    { x: from, y: turn },
    { x: to, y: turn },
    { x: to, y: bottom },
  ];
}

const dip = 34;

/** Below the boxes when they stand side by side, from the one down to the other else. */
export function curve(one: Box, other: Box): string {
  const [start, end] = [middleOf(one), middleOf(other)];
  if (Math.abs(bottomOf(one) - bottomOf(other)) < 1) {
    const y = bottomOf(one);
    return `M${pair({ x: start, y })}C${pair({ x: start, y: y + dip })} ${pair({ x: end, y: y + dip })} ${pair({ x: end, y })}`;
  }
  const [from, to] = [bottomOf(one), other.y];
  const bend = 60;
  const away = from < to ? 1 : -1;
  // One straight below the other would lie on the lines inside.
  const bulge = Math.abs(start - end) < 1 ? 70 : 0;
  return `M${pair({ x: start, y: from })}C${pair({ x: start + bulge, y: from + bend * away })} ${pair({ x: end + bulge, y: to - bend * away })} ${pair({ x: end, y: to })}`;
}
