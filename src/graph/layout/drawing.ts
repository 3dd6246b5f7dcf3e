/** A picture with every place decided, in pixels, before it is written as SVG. */
import type { LineKind } from '../kinds.js';
import type { Shape } from '../topology.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export const middleOf = ({ x, width }: Box): number => x + width / 2;
export const bottomOf = ({ y, height }: Box): number => y + height;
export const rightOf = ({ x, width }: Box): number => x + width;

/** A shape as a box with its text in it. */
export interface PlacedShape {
  readonly shape: Shape;
  readonly box: Box;
}

/** A host, or several that are like one that is drawn. */
export interface PlacedHost {
  readonly title: string;
  readonly box: Box;
}

/** A switch that many nodes hang on is a bar below each row of hosts; the bars of one switch are joined at a side. */
export interface PlacedBar {
  readonly shape: Shape;
  readonly box: Box;
  /** Where nothing crosses it. */
  readonly label: { readonly text: string; readonly box: Box };
}

export interface Wire {
  readonly kind: LineKind;
  readonly odd: boolean;
  /** The `d` of a path. */
  readonly path: string;
  /** Ends at bars. */
  readonly joints: readonly Point[];
  /** Where it passes over a bar without being joined to it. */
  readonly passes: ReadonlyArray<{ readonly from: Point; readonly to: Point }>;
}

export interface Label {
  readonly text: string;
  readonly kind: LineKind;
  readonly odd: boolean;
  readonly box: Box;
}

export interface LegendEntry {
  readonly kind: LineKind;
  readonly text: string;
  readonly box: Box;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly title: ReadonlyArray<{ readonly text: string; readonly box: Box }>;
  readonly hosts: readonly PlacedHost[];
  readonly shapes: readonly PlacedShape[];
  readonly bars: readonly PlacedBar[];
  /** What joins the bars of one switch. */
  readonly trunks: ReadonlyArray<{ readonly shape: Shape; readonly box: Box }>;
  /** Behind all shapes: from host to host. */
  readonly curves: readonly Wire[];
  readonly wires: readonly Wire[];
  readonly labels: readonly Label[];
  readonly legend: readonly LegendEntry[];
}
