import { closeSync } from 'node:fs';
import { runAttached } from '#lab/attached.js';
import { LabError } from '#lab/errors.js';
import { programPath } from '#lab/programs.js';
import { connectLab, findLab } from '#lab/registry.js';
import { openEmptied, storageError } from '#lab/storage.js';
import type { NodeReport } from '../inside/requests.js';
import { nodePrefix } from './enter.js';

export interface CaptureOptions {
  /** One interface of the node; all of them when absent. */
  readonly link?: string;
  /** Where the pcap goes; this process's standard output when absent. */
  readonly file?: string;
  /** Ends after so many frames. */
  readonly count?: number;
  /** Ends after so many seconds. */
  readonly seconds?: number;
}

/** What the capturing process is told, in an environment variable. */
export const CAPTURE_VARIABLE = 'NETLAB_CAPTURE';

/**
 * Writes what a node's interfaces see as pcap, until Ctrl-C, the count or the time.
 * @returns the exit code of the capturing process
 * @throws LabError when there is no such lab, node or link
 */
export async function captureInNode(lab: string, node: string, options: CaptureOptions): Promise<number> {
  const found = findLab(lab);
  const channel = await connectLab(found);
  try {
    if (options.link !== undefined)
      demandLink(await channel.call<NodeReport>('node', { name: node }), node, options.link);
    const prefix = await nodePrefix(channel, found.initPid, node);
    const argv = [...prefix, process.execPath, ...process.execArgv, programPath('capture')];
    const environment = { [CAPTURE_VARIABLE]: JSON.stringify(options), NETLAB_MARK: found.mark };
    // Outside of the lab's process namespace, so that the lab does not see it: nothing but this pipe ends it with the lab.
    const until = channel.closed;
    if (options.file === undefined) return await runAttached(argv, environment, { until });
    return await intoFile(options.file, async (stdout) => await runAttached(argv, environment, { stdout, until }));
  } finally {
    channel.close();
  }
}

function demandLink({ observed }: NodeReport, node: string, link: string): void {
  const names = observed.links.map(({ name }) => name);
  if (!names.includes(link))
    throw new LabError(`${node} has no link ${JSON.stringify(link)}: it has ${names.join(', ')}`);
}

async function intoFile<T>(path: string, work: (fd: number) => Promise<T>): Promise<T> {
  let fd: number;
  try {
    fd = openEmptied(path);
  } catch (cause) {
    throw storageError(`${path} cannot be written`, cause);
  }
  try {
    return await work(fd);
  } finally {
    closeSync(fd);
  }
}
