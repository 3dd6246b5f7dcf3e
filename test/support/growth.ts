/** How the work of a computation grows with its size: by processor time, which others on the machine do not add to. */

/** So much more is given to the larger one. */
const factor = 4;
/** The least of several runs is the one that was disturbed least. */
const runs = 3;

/**
 * How many times as much work it is when there is four times as much of everything: 4 where it is linear, 16 where every
 * part is compared with every other.
 * @param prepare makes the work of a size; what it does itself does not count
 */
export function growth(size: number, prepare: (size: number) => () => unknown): number {
  const [small, large] = [prepare(size), prepare(factor * size)];
  // Compiled code is what is compared.
  small();
  const costs = Array.from({ length: runs }, () => [processorMs(repeated(small)), processorMs(large)] as const);
  const least = (index: 0 | 1): number => Math.min(...costs.map((pair) => pair[index]));
  return least(1) / (least(0) / factor);
}

/** As often as makes as much work of a linear computation as the large one is: so collecting garbage takes its share of both. */
function repeated(work: () => unknown): () => void {
  return () => {
    for (let i = 0; i < factor; i += 1) work();
  };
}

function processorMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
