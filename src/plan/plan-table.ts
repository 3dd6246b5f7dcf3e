/** A table of plain text. */
export interface PlanTable {
  readonly title: string;
  /** `flexible`: prose that may be wrapped when the terminal is narrow. */
  readonly columns: ReadonlyArray<{ readonly header: string; readonly flexible?: boolean; readonly align?: 'right' }>;
  /** As many cells as there are columns; never empty strings. */
  readonly rows: ReadonlyArray<readonly string[]>;
}
