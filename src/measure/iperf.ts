/** iperf3, the accepted reference for throughput: one server for each test, which ends with it. */
import { ToolError } from '#lab/process.js';
import { patiently } from '../probes/patience.js';
import { type Bench, MeasuringError } from './instrument.js';

/** Away from the ports of what a scenario runs (5201 is iperf3's own). */
const PORT = 5299;
const LISTEN_MS = 3_000;
const CLIENT_MS = 20_000;
/** The control connection and the data connection. */
const LOADED_SOCKETS = 2;
/** TCP_LISTEN and TCP_ESTABLISHED, net/tcp_states.h, as /proc/net/tcp writes them. */
const states = { listening: '0A', established: '01' } as const;

/** The part of iperf3's JSON document that is used. */
export interface IperfResult {
  readonly error?: string;
  readonly end?: {
    readonly sum_sent?: IperfSum;
    readonly sum_received?: IperfSum;
    readonly sum?: IperfSum;
  };
}

export interface IperfSum {
  readonly bytes: number;
  readonly seconds: number;
  readonly bits_per_second: number;
  readonly retransmits?: number;
  readonly lost_packets?: number;
  readonly packets?: number;
  readonly lost_percent?: number;
}

/** How many TCP sockets there are on this local port in this state. @param text /proc/net/tcp */
export function countSockets(text: string, port: number, state: string): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return text.split('\n').filter((line) => {
    const [, local, , found] = line.trim().split(/\s+/);
    return found === state && local?.endsWith(suffix) === true;
  }).length;
}

const socketsOf = async ({ to }: Bench, state: string): Promise<number> =>
  countSockets(await to.readFile('/proc/net/tcp'), PORT, state);

/** Lets `work` find a server, and ends it. */
export async function withServer<T>(bench: Bench, work: () => Promise<T>): Promise<T> {
  const server = await bench.to.start(['iperf3', '-4', '-s', '-1', '-p', String(PORT)]);
  try {
    const isThere = async (): Promise<boolean> => (await socketsOf(bench, states.listening)) > 0;
    if (!(await patiently(isThere, LISTEN_MS, bench.signal)))
      throw new MeasuringError('the iperf3 server does not listen');
    return await work();
  } finally {
    server.kill('SIGKILL');
    await server.ended();
  }
}

const clientLine = ({ address }: Bench, options: readonly string[]): readonly [string, ...string[]] => [
  'iperf3',
  '-4',
  '-c',
  address,
  '-p',
  String(PORT),
  '-i',
  '0',
  '--connect-timeout',
  '2000',
  '--json',
  ...options,
];

/** Runs a client against the server that listens. @throws MeasuringError in iperf3's words */
export async function runClient(bench: Bench, options: readonly string[]): Promise<Required<IperfResult>['end']> {
  const { error, end } = parse(await outputOf(bench, options));
  if (error !== undefined || end === undefined) throw new MeasuringError(`iperf3: ${error ?? 'no result'}`);
  return end;
}

async function outputOf(bench: Bench, options: readonly string[]): Promise<string> {
  try {
    const { stdout } = await bench.from.run(clientLine(bench, options), { timeoutMs: CLIENT_MS });
    return stdout;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    // It says why in its document, and exits with 1.
    if (error.output.stdout.trim().startsWith('{')) return error.output.stdout;
    throw new MeasuringError(error.message, { cause: error });
  }
}

/** Before the document, iperf3 may warn in plain text. */
export function parse(text: string): IperfResult {
  try {
    return JSON.parse(text.slice(Math.max(0, text.indexOf('{')))) as IperfResult;
  } catch (cause) {
    throw new MeasuringError(`iperf3 printed no JSON document: ${text.slice(0, 200)}`, { cause });
  }
}

/** Keeps a TCP transfer going while `work` runs. */
export async function underLoad<T>(bench: Bench, work: () => Promise<T>): Promise<T> {
  return await withServer(bench, async () => {
    const client = await bench.from.start(clientLine(bench, ['-t', '60']));
    try {
      const flows = async (): Promise<boolean> => (await socketsOf(bench, states.established)) >= LOADED_SOCKETS;
      if (!(await patiently(flows, LISTEN_MS, bench.signal))) throw new MeasuringError('the load does not begin');
      return await work();
    } finally {
      client.kill('SIGKILL');
      await client.ended();
    }
  });
}
