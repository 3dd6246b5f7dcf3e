/** Circles of imports: files that need each other, types included, cannot be read one after the other. */

/** Which files a file imports. */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Every import that closes a circle, as the way round: `a.ts -> b.ts -> a.ts`. Each file is told in one of them at most, so
 * that a circle is told once, whichever of its files is looked at first.
 */
export function circles(imports: Imports): readonly string[] {
  const told = new Set<string>();
  return [...imports.keys()].flatMap((file) => {
    if (told.has(file)) return [];
    const way = wayBack(imports, file);
    if (way === undefined) return [];
    for (const one of way) told.add(one);
    return [[...way, file].join(' -> ')];
  });
}

/** The shortest way from a file back to it, without its end. */
function wayBack(imports: Imports, start: string): readonly string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of imports.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
