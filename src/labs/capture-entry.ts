/** Runs inside a node's network namespace: frames to standard output as pcap, what was captured to standard error. */
import { Socket } from 'node:net';
import { socketsHere } from '#lab/here.js';
import { capture } from '#lab/pcap.js';
import { CAPTURE_VARIABLE, type CaptureOptions } from './capture.js';

const { link, count, seconds } = JSON.parse(process.env[CAPTURE_VARIABLE] ?? '{}') as CaptureOptions;
const SNAP_LENGTH_BYTES = 262_144;
/** Ends when the lab does, or whoever wants the capture. This process keeps the node's namespace alive: it must not stay. */
const GUARD_FD = 3;
/** A reader that has stopped reading is not waited for any longer. */
const FLUSH_MS = 500;

const limit = count === undefined ? {} : { maximumFrames: count };
const running = await capture(
  socketsHere(),
  { snapLengthBytes: SNAP_LENGTH_BYTES, ...limit, ...(link === undefined ? {} : { link }) },
  process.stdout,
);

const stop = (): void => void running.stop();
process.once('SIGINT', stop).once('SIGTERM', stop).once('SIGHUP', stop);
new Socket({ fd: GUARD_FD })
  .on('error', stop)
  .on('close', () => {
    stop();
    setTimeout(() => process.exit(0), FLUSH_MS);
  })
  .resume()
  .unref();
// A reader that has seen enough (head, a closed Wireshark) ends the capture, too.
process.stdout.on('error', () => process.exit(0));
if (seconds !== undefined) setTimeout(stop, seconds * 1000);

const { frames, dropped } = await running.ended;
process.stderr.write(
  `${frames} frames captured${dropped === 0 ? '' : `, ${dropped} dropped because they came too fast`}\n`,
);
process.stdout.end(() => process.exit(0));
