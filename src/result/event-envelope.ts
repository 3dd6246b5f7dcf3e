/** The version of the lines of `--events` that this netlab writes. */
export const eventSchemaVersion = 1;

/** What every line of `--events` has, besides the event itself. */
export interface EventEnvelope {
  /** When it happened: ISO 8601, UTC. */
  readonly time: string;
  /** From 1, without a gap. */
  readonly sequence: number;
  readonly schemaVersion: typeof eventSchemaVersion;
  readonly netlabVersion: string;
}
