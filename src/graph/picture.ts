/** What a picture is made of, before any drawing language: shapes, groups of them, and lines between them. */
import type { LineKind, ShapeKind } from './kinds.js';

export interface Shape {
  /** `h1:br0` or a node's name; unique in the picture. */
  readonly id: string;
  readonly kind: ShapeKind;
  readonly title: string;
  readonly lines: readonly string[];
  /** The host in whose group it is drawn. */
  readonly group?: string;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly kind: LineKind;
  readonly label?: string;
  /** Its two ends differ where they should not. */
  readonly odd: boolean;
}

/** What is drawn inside one frame: a host. */
export interface Group {
  readonly id: string;
  readonly title: string;
}

export interface Topology {
  readonly title: string;
  /** The hosts. */
  readonly groups: readonly Group[];
  readonly shapes: readonly Shape[];
  readonly lines: readonly Line[];
}
