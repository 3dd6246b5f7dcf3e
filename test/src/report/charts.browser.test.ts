/** Charts of benchmarks in a real Chromium. */
import { renderBenchPage } from '#src/report/charts/bench-page.js';
import { renderTrendPage } from '#src/report/charts/trend-page.js';
import { historyLine, parseHistory } from '#src/result/bench-history.js';
import { instrumentNames } from '#src/result/bench-metrics.js';
import type { BenchResult } from '#src/result/bench.js';
import { inBrowser, open, testLooks } from '../../support/page-looks.js';
import { madeBench } from '../bench/results.js';

const instruments = instrumentNames;
/** A name longer than any screen is wide, and figures far apart. */
const longNamed = JSON.stringify(madeBench({ instruments, rounds: 9, vxlan: 0.03 })).replaceAll(
  '"vxlan"',
  `"${'n'.repeat(90)}"`,
);
/** Eight networks of one MTU, the largest: their marks stand beside each other, at the end of the axis. */
const many = (): BenchResult => {
  const made = madeBench({ rounds: 9 });
  const names = Array.from({ length: 8 }, (_, index) => `network-${index + 1}`);
  const like = made.targets.filter(({ name }) => name === 'host-gw');
  const ofOne = made.cells.filter(({ target }) => target === 'host-gw');
  return {
    ...made,
    targets: [...made.targets, ...names.flatMap((name) => like.map((one) => ({ ...one, name })))],
    cells: [...made.cells, ...names.flatMap((target) => ofOne.map((cell) => ({ ...cell, target })))],
  };
};
const history = [1, 2].map((seed) => historyLine(madeBench({ seed, rounds: 5 }))).join('');

testLooks({
  bench: () => renderBenchPage(madeBench({ instruments, rounds: 25 })),
  'bench of a long name': () => renderBenchPage(JSON.parse(longNamed) as BenchResult),
  'bench of many': () => renderBenchPage(many()),
  trend: () => renderTrendPage(parseHistory(history, 'h')),
});

inBrowser(
  'bench: what it comes to is the first that is seen, and each ratio is seen without scrolling on a phone',
  async (t) => {
    const page = await open(t, 'bench', { width: 390, colorScheme: 'light' });
    const told = await page.locator('.told').boundingBox();
    t.true(told !== null && told.y + told.height < 400, JSON.stringify(told));
    for (const dot of await page.locator('.ratios .median').all()) {
      const box = await dot.boundingBox();
      t.true(box !== null && box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
    }
    t.true(await page.locator('.legend.names').first().isVisible(), 'names of lines stand above them');
    await page.close();
  },
);
