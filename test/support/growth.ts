/** How the work of a computation grows with its size: by processor time, which others on the machine do not add to. */

/** So much more is given to the larger one. */
const factor = 4;
/** The least of several runs is the one that was disturbed least. */
const runs = 2;

/**
 * How many times as much work it is when there is four times as much of everything: 4 where it is linear, 16 where every
 * part is compared with every other.
 * @param prepare makes the work of a size; what it does itself does not count
 */
export function growth(size: number, prepare: (size: number) => () => unknown): number {
  const [small, large] = [prepare(size), prepare(factor * size)];
  // Compiled code is what is compared.
  small();
  const costs = Array.from({ length: runs }, () => [processorMs(small), processorMs(large)] as const);
  const least = (index: 0 | 1): number => Math.min(...costs.map((pair) => pair[index]));
  return least(1) / least(0);
}

function processorMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
