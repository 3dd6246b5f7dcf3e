import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from '../commander.js';
import { define } from '../define.js';
import { fileTrouble } from '../file-trouble.js';
import { secondsOf, wholeNumber } from '../bounded-number.js';
import { demandLabNode } from '../running-lab.js';
import { UsageError } from '../usage-error.js';

/** Far beyond what a disk holds of frames. */
const MOST_FRAMES = 1e12;

interface CaptureFlags {
  readonly write?: string;
  readonly count?: number;
  readonly seconds?: number;
}

export function captureCommand(): Command {
  const command = define({
    name: 'capture',
    summary: 'capture the frames of a node, as pcap',
    description:
      'Captures the frames that a node sends and receives, in pcap format for Wireshark and tcpdump: to a file, or to ' +
      'standard output when that is a pipe. Ends with Ctrl-C, or after --count or --seconds.',
    examples: [
      ['netlab capture look h1:eth1 | wireshark -k -i -', 'watch the wire between the hosts live'],
      ['netlab capture look h1c1 --count 10 | tcpdump -r - -n', 'ten frames of a container, as text'],
      ['netlab capture look h2:br0 --write br0.pcap --seconds 5', 'five seconds of a bridge, into a file'],
    ],
  });
  return command
    .argument('<LAB>', 'name of a running lab: see netlab ps')
    .argument('<NODE[:LINK]>', 'a node, or one link of it: h1:eth1')
    .option('--write <FILE>', 'write to a file; - is standard output')
    .option('--count <FRAMES>', 'end after so many frames', wholeNumber('--count', MOST_FRAMES))
    .option('--seconds <SECONDS>', 'end after so many seconds', secondsOf('--seconds'))
    .action(async (lab: string, target: string, flags: CaptureFlags) => {
      process.exitCode = await capture(lab, target, flags);
    });
}

async function capture(lab: string, target: string, { write, count, seconds }: CaptureFlags): Promise<number> {
  const { node, link } = splitTarget(target);
  await demandLabNode(lab, node);
  if (link !== undefined) await demandLink(lab, node, link);
  const file = await destination(write);
  const { captureInNode } = await import('../../labs/capture.js');
  return await captureInNode(lab, node, {
    ...(link === undefined ? {} : { link }),
    ...(file === undefined ? {} : { file }),
    ...(count === undefined ? {} : { count }),
    ...(seconds === undefined ? {} : { seconds }),
  });
}

function splitTarget(target: string): { readonly node: string; readonly link?: string } {
  const colon = target.indexOf(':');
  return colon < 0 ? { node: target } : { node: target.slice(0, colon), link: target.slice(colon + 1) };
}

/** Those that the node has now, also one that somebody has added by hand. */
async function demandLink(lab: string, node: string, link: string): Promise<void> {
  const { inspectNodes } = await import('../../labs/inspect.js');
  const [report] = await inspectNodes(lab, [node]);
  const names = report?.observed.links.map(({ name }) => name) ?? [];
  if (names.includes(link)) return;
  throw new UsageError(`${node} has no link ${JSON.stringify(link)}`, { remedy: `it has ${names.join(', ')}` });
}

/** Undefined: standard output. @throws UsageError when that is a terminal, or the file cannot be written */
async function destination(write: string | undefined): Promise<string | undefined> {
  if (write !== undefined && write !== '-') {
    await demandWritable(dirname(write), write);
    return write;
  }
  if (!process.stdout.isTTY) return undefined;
  throw new UsageError('pcap is not for terminals', {
    remedy: 'pipe it (netlab capture ... | tcpdump -r - -n), or write it to a file with --write FILE',
  });
}

async function demandWritable(directory: string, file: string): Promise<void> {
  try {
    await access(directory, constants.W_OK);
  } catch (cause) {
    throw new UsageError(`${JSON.stringify(file)} cannot be written: ${fileTrouble(cause)}`, { cause });
  }
}
