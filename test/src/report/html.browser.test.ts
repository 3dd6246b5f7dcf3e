/** The HTML report in a real Chromium: phone and desk, light, dark and paper; quiet, still, and deaf to what results say. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { renderSvg } from '#src/graph/svg.js';
import { asComparison } from '#src/report/comparison-model.js';
import { renderHtml } from '#src/report/html/page.js';
import { planOf, scenarioOf } from '../../support/sandboxed-lab.js';
import { findBrowser, launchBrowser } from '../../support/browser.js';
import { temporaryFolder } from '../../support/cli.js';
import { comparison, design, outages, tunnel } from './comparisons.js';
import { broken } from './fixtures.js';
import { hostile } from './hostile.js';

const executable = findBrowser();
/** Says why, and counts as skipped: a machine without a browser can test all else. */
const inBrowser = executable === undefined ? test.skip : test.serial;
if (executable === undefined)
  test('no Chromium is in PATH: what only a browser can tell is not tested', (t) => t.is(findBrowser(), undefined));

const folder = temporaryFolder();
const documents = {
  three: comparison(),
  outages,
  many: comparison({
    runs: Array.from({ length: 14 }, (_, index) => ({ name: `encrypted-overlay-${index}@routed`, result: tunnel })),
  }),
  single: asComparison({ ...broken, design }),
  hostile,
};
type Name = keyof typeof documents;

let browser: Browser;
test.before(async () => {
  if (executable === undefined) return;
  for (const [name, document] of Object.entries(documents))
    writeFileSync(join(folder, `${name}.html`), await renderHtml(document));
  browser = await launchBrowser(executable);
});
test.after.always(async () => {
  if (executable !== undefined) await browser.close();
});

interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  readonly media?: 'print';
}

/** Opens a report from the file system; whatever the page says or asks for fails the test. */
async function open(t: ExecutionContext, name: Name, look: Look): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: look.width, height: 900 }, colorScheme: look.colorScheme });
  const file = `file://${join(folder, `${name}.html`)}`;
  page.on('console', (message) => t.fail(`the console says: ${message.text()}`));
  page.on('pageerror', (error) => t.fail(`an error on the page: ${error.message}`));
  page.on('dialog', (dialog) => t.fail(`a dialog: ${dialog.message()}`));
  page.on('request', (request) => request.url() === file || t.fail(`it asks for ${request.url()}`));
  await page.goto(file);
  if (look.media !== undefined) await page.emulateMedia({ media: look.media, colorScheme: look.colorScheme });
  return page;
}

/** Everything that can be opened is open. */
const openAll = async (page: Page): Promise<void> => {
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
};

const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** Texts whose contrast with what is behind them is less than 4.5 to 1 (WCAG 2.2, 1.4.3). */
const faint = `(() => {
  const channel = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = parse(getComputedStyle(one).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return parse(getComputedStyle(document.documentElement).colorScheme === 'dark' ? 'rgb(0,0,0)' : 'rgb(255,255,255)');
  };
  const found = [];
  for (const element of document.querySelectorAll('body *:not(svg *):not(svg)')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(element.className + ' ' + ratio.toFixed(2) + ' ' + element.textContent.slice(0, 40));
  }
  return found;
})()`;

/** Closed parts of which nothing is seen. */
const foldedAway = `[...document.querySelectorAll('details:not([open]) .run-body')].filter((one) => one.clientHeight === 0).length`;

/** Parts with more in them than they show: on paper nobody can scroll. */
const cutOff = `[...document.querySelectorAll('body *:not(svg *)')].filter((one) => one.checkVisibility() &&
  getComputedStyle(one).overflowX !== 'visible' && getComputedStyle(one).display !== 'inline' && !one.matches('svg, thead, .thumbnail') &&
  (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)).map((one) => one.className || one.tagName)`;

const looks: readonly Look[] = [390, 1440].flatMap((width) => [
  { width, colorScheme: 'light' as const },
  { width, colorScheme: 'dark' as const },
]);

for (const name of Object.keys(documents) as Name[])
  for (const look of looks)
    inBrowser(
      `${name}: ${look.width} pixels, ${look.colorScheme}: nothing runs, asks, overflows or fades`,
      async (t) => {
        const page = await open(t, name, look);
        t.is(await page.evaluate(overflow), 0);
        await openAll(page);
        t.is(await page.evaluate(overflow), 0, 'with all opened');
        t.deepEqual(await page.evaluate(faint), []);
        t.not(await page.title(), 'run');
        await page.close();
      },
    );

for (const name of Object.keys(documents) as Name[])
  inBrowser(`${name}: on paper it is light, complete and fits`, async (t) => {
    // A4 without margins at 96 dpi is 794 pixels wide.
    const page = await open(t, name, { width: 794, colorScheme: 'dark', media: 'print' });
    t.is(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
    t.deepEqual(await page.evaluate(faint), []);
    t.is(await page.evaluate(overflow), 0);
    t.is(await page.locator('.why:visible').count(), 0);
    t.is(await page.evaluate(foldedAway), 0);
    t.deepEqual(await page.evaluate(cutOff), []);
    await page.close();
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
  const page = await browser.newPage();
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
