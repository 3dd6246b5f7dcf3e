/** The HTML report in a real Chromium. */
import { renderSvg } from '#src/graph/svg.js';
import { asComparison } from '#src/report/comparison-model.js';
import { renderHtml } from '#src/report/html/page.js';
import type { Comparison } from '#src/result/comparison.js';
import type { RunResult } from '#src/result/result.js';
import { faint, inBrowser, newPage, open, overflow, testLooks } from '../../support/page-looks.js';
import { planOf, scenarioOf } from '../../support/sandboxed-lab.js';
import { comparison, design, outages, tunnel } from './comparisons.js';
import { broken, promise } from './fixtures.js';
import { hostile } from './hostile.js';

const report = (document: Comparison) => async () => await renderHtml(document);

/** Hosts of 1500 and of 9000 bytes: every number of the MTUs is a range. */
const mixed: RunResult = {
  ...tunnel,
  promises: [
    promise('path-mtu', 'promised', {
      observations: [1500, 9000].flatMap((value) => [
        { name: 'interfaceMtuBytes', value, subject: `h${value}` },
        { name: 'largestDeliveredBytes', value, subject: `h${value}` },
      ]),
    }),
  ],
};

testLooks({
  three: report(comparison()),
  outages: report(outages),
  'mixed fleet': report(asComparison(mixed)),
  many: report(
    comparison({
      runs: Array.from({ length: 14 }, (_, index) => ({ name: `encrypted-overlay-${index}@routed`, result: tunnel })),
    }),
  ),
  single: report(asComparison({ ...broken, design })),
  hostile: report(hostile),
});

for (const width of [390, 1440])
  inBrowser(`${width} pixels: each cell opens its reason by click and by Enter, and Esc closes it`, async (t) => {
    const page = await open(t, 'three', { width, colorScheme: 'light' });
    const cell = page.getByRole('button', { name: 'path-mtu of tunnel: BROKEN. Why?' });
    const why = page.locator('.why:popover-open');
    await cell.click();
    t.regex((await why.textContent()) ?? '', /h1c1 sent 1450 bytes with DF/);
    await page.keyboard.press('Escape');
    t.is(await why.count(), 0);
    await cell.focus();
    await page.keyboard.press('Enter');
    t.is(await why.count(), 1);
    t.is(await page.evaluate(overflow), 0);
    t.deepEqual(await page.evaluate(faint), []);
    await why.getByRole('button', { name: 'Close' }).click();
    t.is(await why.count(), 0);
    await page.close();
  });

inBrowser('the name of a run leads to all about it, which opens by itself', async (t) => {
  const page = await open(t, 'three', { width: 1440, colorScheme: 'light' });
  await page.locator('.matrix thead a').filter({ hasText: 'tunnel' }).click();
  const body = page.locator('.run-body').nth(1);
  await body.waitFor({ state: 'visible' });
  t.true(await body.locator('svg.picture').isVisible());
  await page.close();
});

/** Texts that are wider than the shape, the host or the bar that they stand in. */
const tooWide = `[...document.querySelectorAll('svg.picture g > rect')].flatMap((rect) =>
  [...rect.parentElement.querySelectorAll('text')].filter((text) => text.getBBox().width > rect.getBBox().width || text.getBBox().x < rect.getBBox().x)
    .map((text) => text.textContent))`;

inBrowser('the text of a picture fits where it stands, in the fonts of this machine', async (t) => {
  const page = await newPage();
  for (const strategy of ['bridge-l2', 'ovs-gre', 'encrypted-overlay', 'dhcp']) {
    const parameters = strategy === 'ovs-gre' ? { datapath: 'userspace' } : {};
    await page.setContent(renderSvg(planOf(scenarioOf({ strategy, hosts: 5, parameters }))));
    t.deepEqual(await page.evaluate(tooWide), [], strategy);
  }
  await page.close();
});

inBrowser('a link opens its cell; rows can be searched and filtered; a command can be copied', async (t) => {
  const page = await open(t, 'three', { width: 390, colorScheme: 'light' });
  await page.evaluate("location.hash = '#why-tunnel-path-mtu'");
  const why = page.locator('.why:popover-open');
  await why.waitFor();
  await why.getByRole('button', { name: 'Copy' }).click();
  t.regex((await why.locator('.copy').textContent()) ?? '', /Copied|Selected|Copy/);
  await page.keyboard.press('Escape');
  const rows = page.locator('.matrix tbody tr:visible');
  const every = await rows.count();
  await page.getByLabel('only differences').check();
  t.true((await rows.count()) < every);
  await page.getByLabel('only differences').uncheck();
  await page.getByLabel('search').fill('mtu');
  t.deepEqual(await rows.locator('th').allTextContents(), ['path-mtu']);
  await page.getByLabel('search').fill('nothing like it');
  t.true(await page.getByText('No promise is called that.').isVisible());
  await page.close();
});

inBrowser(
  'what a promise means is folded; a cell leads to it and makes room; on paper it is there when it was opened',
  async (t) => {
    const page = await open(t, 'three', { width: 390, colorScheme: 'light' });
    const body = page.locator('#about-path-mtu');
    t.false(await body.isVisible());
    await page.getByRole('button', { name: 'path-mtu of tunnel: BROKEN. Why?' }).click();
    await page
      .locator('.why:popover-open')
      .getByRole('link', { name: /What path-mtu asks/ })
      .click();
    await body.waitFor({ state: 'visible' });
    t.is(await page.locator('.why:popover-open').count(), 0);
    t.regex((await body.textContent()) ?? '', /What breaks it/);
    await page.emulateMedia({ media: 'print' });
    t.true(await body.isVisible());
    t.is(await page.locator('.about:visible').count(), 1);
    await page.close();
  },
);

inBrowser('the stylesheet counts although nothing else may', async (t) => {
  const page = await open(t, 'three', { width: 1440, colorScheme: 'dark' });
  t.is(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(17, 21, 26)');
  await page.close();
});
