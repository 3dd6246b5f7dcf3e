/** One difference, as words for people. */
export interface Drift {
  /** Node, or node:link. */
  readonly where: string;
  readonly what: string;
  /** `none` for what is there and was not planned. */
  readonly planned: string;
  /** `none` for what is not there. */
  readonly found: string;
}
