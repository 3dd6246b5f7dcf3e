import type { PlacedHost, PlacedShape } from './drawing.js';

/** What stands side by side. */
export interface Row {
  readonly widths: readonly number[];
  readonly gap: number;
  readonly height: number;
  /** The upper left corner of one of them decided. */
  place(index: number, x: number, y: number): Placed;
}

export interface Placed {
  readonly host?: PlacedHost;
  readonly shapes: readonly PlacedShape[];
}

export const spanOf = (widths: readonly number[], gap: number): number =>
  widths.reduce((sum, width) => sum + width + gap, -gap);
