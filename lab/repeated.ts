/** Every item that is there already further ahead, in order; one that is there three times comes twice. */
export function repeated<T>(items: Iterable<T>): T[] {
  const seen = new Set<T>();
  return [...items].filter((item) => {
    const isThere = seen.has(item);
    seen.add(item);
    return isThere;
  });
}
