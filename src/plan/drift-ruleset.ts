import type { Drift } from './difference.js';

/**
 * Lines that an nftables ruleset lost and gained since it was loaded. Compares what nft itself printed both times, as the
 * kernel writes a ruleset differently from how it was read.
 */
export function rulesetDrift(
  node: string,
  { loaded, now }: { readonly loaded: string; readonly now: string },
): readonly Drift[] {
  const [before, after] = [rulesOf(loaded), rulesOf(now)];
  const [lost, gained] = [without(before, after), without(after, before)];
  const changes = [
    ...lost.map((rule) => ({ where: node, what: 'nftables', planned: rule, found: 'none' })),
    ...gained.map((rule) => ({ where: node, what: 'nftables', planned: 'none', found: rule })),
  ];
  const moved = changes.length === 0 && before.join('\n') !== after.join('\n');
  return moved ? [{ where: node, what: 'nftables', planned: 'the same rules', found: 'in another order' }] : changes;
}

/** Each line with the table and chain it is in; counters run and handles are numbered by history, so both are dropped. */
function rulesOf(ruleset: string): readonly string[] {
  const path: string[] = [];
  return ruleset.split('\n').flatMap((line) => {
    const text = line
      .replace(/ *# handle \d+$/u, '')
      .replaceAll(/counter packets \d+ bytes \d+/gu, 'counter')
      .trim();
    if (text === '' || text === '}') {
      if (text === '}') path.pop();
      return [];
    }
    const opened = text.endsWith('{') ? text.slice(0, -1).trim() : undefined;
    const rule = [...path, opened ?? text].join(': ');
    if (opened !== undefined) path.push(opened);
    return [rule];
  });
}

/** The lines of `a` that `b` has not, each counted as often as it occurs. */
function without(a: readonly string[], b: readonly string[]): readonly string[] {
  const left = [...b];
  return a.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
