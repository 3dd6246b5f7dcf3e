import { AsyncResource } from 'node:async_hooks';
import { epollDataOffset, epollEventBytes, systemCall, trySystemCall, waitForEvents } from '../kernel/libc.js';

/** linux/eventpoll.h and fcntl.h. */
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CLOEXEC = 0o2000000;
const EPOLLIN = 0x001;
/** An error is waiting, in the socket's error queue for instance. */
export const EPOLLERR = 0x008;
const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;

/** Events taken per epoll_wait. */
const BATCH = 256;
/** How long one turn may keep the event loop from everything else. */
const TURN_MS = 5;

/** Called when a descriptor has something to read; must not block and must not read without a bound. */
export type ReadyHandler = (events: number) => void;

/**
 * Waits for all raw descriptors of the process with one epoll instance on one thread of libuv's pool. Node.js itself can
 * wait only for the descriptors of its own sockets. While events keep coming the pump polls without the thread: that saves
 * two thread switches per wake. It keeps the process alive only as long as a descriptor is registered.
 */
class EventPump {
  readonly #epoll = systemCall('epollCreate', EPOLL_CLOEXEC);
  readonly #wake = systemCall('eventfd', 0, EFD_CLOEXEC | EFD_NONBLOCK);
  readonly #events = Buffer.alloc(BATCH * epollEventBytes);
  readonly #handlers = new Map<number, ReadyHandler>();
  #running = false;

  constructor() {
    this.#control(EPOLL_CTL_ADD, this.#wake);
    // At exit libuv joins its threads: one that waits for ever would keep the process for ever.
    process.once('exit', () => this.#interrupt());
  }

  /**
   * Registers a non-blocking descriptor; the handler is called as long as there is something to read (level-triggered), in
   * the asynchronous context of this call: what it throws is the trouble of who has registered it. So it is with what epoll
   * itself refuses. Not before a later turn: frames may be waiting already, whoever registers may still be under construction,
   * and who awaits the socket sets handlers in this turn.
   */
  add(fd: number, handler: ReadyHandler): void {
    const own = AsyncResource.bind(guarded(handler));
    const notYet = inItsPlace();
    this.#handlers.set(fd, notYet);
    setImmediate(() => {
      // It may be closed by now, and its number another's.
      if (this.#handlers.get(fd) !== notYet) return;
      this.#handlers.set(fd, own);
      this.#control(EPOLL_CTL_ADD, fd);
    });
    if (this.#running) return;
    this.#running = true;
    setImmediate(() => void this.#run());
  }

  /** Forgets a descriptor; to be called before it is closed. */
  remove(fd: number): void {
    if (!this.#handlers.delete(fd)) return;
    // Not there yet when it is closed in the turn in which it was opened.
    trySystemCall('epollControl', this.#epoll, EPOLL_CTL_DEL, fd, Buffer.alloc(epollEventBytes));
    if (this.#handlers.size === 0) this.#interrupt();
  }

  async #run(): Promise<void> {
    while (this.#handlers.size > 0) {
      if (!(await this.#drain())) this.#dispatch(await waitForEvents(this.#epoll, this.#events, BATCH, -1));
      else await new Promise(setImmediate);
    }
    this.#running = false;
  }

  /** Handles what is ready now, for at most one turn. @returns whether there was anything */
  async #drain(): Promise<boolean> {
    const end = performance.now() + TURN_MS;
    let any = false;
    do {
      const count = trySystemCall('epollWait', this.#epoll, this.#events, BATCH, 0);
      if (count <= 0) return any;
      any = true;
      this.#dispatch(count);
      // Lets those go on who were waiting for what has just come.
      await Promise.resolve();
    } while (performance.now() < end);
    return any;
  }

  #dispatch(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const offset = index * epollEventBytes;
      const fd = this.#events.readInt32LE(offset + epollDataOffset);
      if (fd === this.#wake) trySystemCall('read', this.#wake, Buffer.alloc(8), 8);
      // A descriptor closed by an earlier handler of this batch has no handler any more, and one reused has none yet.
      else this.#handlers.get(fd)?.(this.#events.readUInt32LE(offset));
    }
  }

  #control(operation: number, fd: number): void {
    const event = Buffer.alloc(epollEventBytes);
    event.writeUInt32LE(EPOLLIN, 0);
    event.writeInt32LE(fd, epollDataOffset);
    systemCall('epollControl', this.#epoll, operation, fd, event);
  }

  #interrupt(): void {
    const one = Buffer.alloc(8);
    one.writeBigUInt64LE(1n);
    trySystemCall('write', this.#wake, one, one.length);
  }
}

/** Another one for each descriptor, so that they can be told apart. */
const inItsPlace = (): ReadyHandler => () => undefined;

/** One handler's defect must not stop the others: it surfaces as an uncaught exception of its own. */
function guarded(handler: ReadyHandler): ReadyHandler {
  return (events) => {
    try {
      handler(events);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  };
}

let instance: EventPump | undefined;

/** The pump of this process, made at its first use. */
export function eventPump(): EventPump {
  instance ??= new EventPump();
  return instance;
}
