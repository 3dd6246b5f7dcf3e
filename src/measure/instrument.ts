import type { Lab, LabNode } from '#lab/lab.js';
import type { SampleReport, SampleRequest } from './sample.js';

/** What an instrument gets to work with. */
export interface Bench {
  readonly lab: Lab;
  readonly from: LabNode;
  readonly to: LabNode;
  /** IPv4 address of the other end. */
  readonly address: string;
  /** The largest IP packet between the two, in bytes. */
  readonly mtuBytes: number;
  readonly request: SampleRequest;
  readonly signal: AbortSignal;
}

/** Takes one sample. It alone uses the machine meanwhile. @throws MeasuringError when there is nothing to tell */
export type Instrument = (bench: Bench) => Promise<SampleReport>;

/** A sample that could not be taken. It costs that sample, and nothing else. */
export class MeasuringError extends Error {}
