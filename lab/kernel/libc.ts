/**
 * The system calls that Node.js does not offer, through koffi: the only importer of it. Each call is synchronous and
 * runs on the main thread, because a network namespace belongs to a thread; the exceptions are {@link waitForEvents} and
 * {@link sendMessages}, whose descriptors are in their namespace already.
 * Structures are passed as Buffers in the kernel's own layout (linux/ headers, little or big endian as the machine).
 */
import koffi from 'koffi';
import { SystemCallError } from './system-call-error.js';

const libc = koffi.load('libc.so.6');

const calls = {
  unshare: libc.func('int unshare(int flags)'),
  setns: libc.func('int setns(int fd, int nstype)'),
  socket: libc.func('int socket(int domain, int type, int protocol)'),
  bind: libc.func('int bind(int fd, void *address, uint32_t length)'),
  connect: libc.func('int connect(int fd, void *address, uint32_t length)'),
  listen: libc.func('int listen(int fd, int backlog)'),
  getsockname: libc.func('int getsockname(int fd, void *address, void *length)'),
  getpeername: libc.func('int getpeername(int fd, void *address, void *length)'),
  setsockopt: libc.func('int setsockopt(int fd, int level, int name, void *value, uint32_t length)'),
  getsockopt: libc.func('int getsockopt(int fd, int level, int name, void *value, void *length)'),
  send: libc.func('long send(int fd, void *data, size_t length, int flags)'),
  sendto: libc.func('long sendto(int fd, void *data, size_t length, int flags, void *address, uint32_t addressLength)'),
  recv: libc.func('long recv(int fd, void *data, size_t length, int flags)'),
  recvfrom: libc.func(
    'long recvfrom(int fd, void *data, size_t length, int flags, void *address, void *addressLength)',
  ),
  recvmsg: libc.func('long recvmsg(int fd, void *message, int flags)'),
  recvmmsg: libc.func('int recvmmsg(int fd, void *messages, uint32_t count, int flags, void *timeout)'),
  sendmmsg: libc.func('int sendmmsg(int fd, void *messages, uint32_t count, int flags)'),
  ioctl: libc.func('int ioctl(int fd, unsigned long request, void *argument)'),
  flock: libc.func('int flock(int fd, int operation)'),
  mount: libc.func(
    'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
  ),
  umount2: libc.func('int umount2(const char *target, int flags)'),
  fchdir: libc.func('int fchdir(int fd)'),
  chroot: libc.func('int chroot(const char *path)'),
  sethostname: libc.func('int sethostname(const char *name, size_t length)'),
  waitpid: libc.func('int waitpid(int pid, void *status, int options)'),
  memfd_create: libc.func('int memfd_create(const char *name, uint32_t flags)'),
  prctl: libc.func('int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)'),
  epollCreate: libc.func('int epoll_create1(int flags)'),
  epollControl: libc.func('int epoll_ctl(int epoll, int operation, int fd, void *event)'),
  epollWait: libc.func('int epoll_wait(int epoll, void *events, int maximum, int timeoutMs)'),
  eventfd: libc.func('int eventfd(uint32_t initial, int flags)'),
  write: libc.func('long write(int fd, void *data, size_t length)'),
  read: libc.func('long read(int fd, void *data, size_t length)'),
  inetPton: libc.func('int inet_pton(int family, const char *text, void *bytes)'),
} as const;

type CallName = keyof typeof calls;

/**
 * Makes a system call.
 * @returns what the call returns, never negative
 * @throws SystemCallError with the errno name as `code`
 */
export function systemCall(name: CallName, ...parameters: unknown[]): number {
  const result = Number(calls[name](...parameters));
  if (result < 0) throw new SystemCallError(name, koffi.errno());
  return result;
}

/**
 * Makes a system call whose refusal is expected, on hot paths.
 * @returns what the call returns, or -1 when the wait failed or was interrupted
 */
export function trySystemCall(name: CallName, ...parameters: unknown[]): number {
  const result = Number(calls[name](...parameters));
  return result < 0 ? -koffi.errno() : result;
}

/**
 * Waits for epoll events on a thread of libuv's pool, so that the event loop goes on meanwhile.
 * @param events room for 12-byte `struct epoll_event`s (packed on x86-64 only: see {@link epollEventBytes})
 * @returns the number of events, or the errno as a negative number
 */
export function waitForEvents(epoll: number, events: Buffer, maximum: number, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    calls.epollWait.async(epoll, events, maximum, timeoutMs, (error: Error | null, count: number) => {
      if (error !== null) reject(error);
      else resolve(count);
    });
  });
}

/**
 * sendmmsg(2) on a thread of libuv's pool: what a packet sets off on this machine is worked off by the processor that sends
 * it, up to its delivery. So two senders use two processors, and the event loop goes on meanwhile.
 * @param messages `struct mmsghdr`s, which lead to memory that must stay as it is until then
 * @returns how many were sent: fewer than `count` when the next one was refused
 */
export function sendMessages(fd: number, messages: Buffer, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    calls.sendmmsg.async(fd, messages, count, 0, (error: Error | null, sent: number) => {
      if (error !== null) reject(error);
      else resolve(Math.max(0, sent));
    });
  });
}

/** Size of `struct epoll_event`: packed to 12 bytes on x86-64, 16 bytes elsewhere (linux/eventpoll.h). */
export const epollEventBytes = process.arch === 'x64' ? 12 : 16;
/** Where the user data begins in `struct epoll_event`. */
export const epollDataOffset = epollEventBytes - 8;

/** The address of a Buffer's first byte, for pointers inside structures. The Buffer must outlive the structure. */
export function addressOf(buffer: Buffer): bigint {
  return koffi.address(buffer);
}
