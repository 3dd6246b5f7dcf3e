/** Pages of netlab in a real Chromium: phone and desk, light, dark and paper; quiet, still, and deaf to what results say. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { findBrowser, launchBrowser } from './browser.js';
import { temporaryFolder } from './cli.js';

const executable = findBrowser();
/** Says why, and counts as skipped: a machine without a browser can test all else. */
export const inBrowser = executable === undefined ? test.skip : test.serial;

const folder = temporaryFolder();
let browser: Browser;
export const newPage = async (): Promise<Page> => await browser.newPage();

interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  readonly media?: 'print';
}

/** Opens a page from the file system; whatever it says or asks for fails the test. */
export async function open(t: ExecutionContext, name: string, look: Look): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: look.width, height: 900 }, colorScheme: look.colorScheme });
  const file = pathToFileURL(join(folder, `${name}.html`)).href;
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

export const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** Texts whose contrast with what is behind them is less than 4.5 to 1 (WCAG 2.2, 1.4.3). */
export const faint = `(() => {
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

/** Marks and numbers of charts that are not seen whole: beside what cuts them off, or beside the page. */
const offEdge = `[...document.querySelectorAll('svg.bar *, .lines svg *, .bars td')].filter((one) => one.checkVisibility()).filter((one) => {
  const mark = one.getBoundingClientRect();
  const frame = one.closest('.lines')?.getBoundingClientRect() ?? { left: 0, right: document.documentElement.clientWidth };
  return mark.width + mark.height > 0 && (mark.left < frame.left - 0.5 || mark.right > frame.right + 0.5);
}).map((one) => [one.closest('section')?.id, one.tagName, one.textContent].join(' '))`;

/**
 * Tests that are the same for every page, whatever is in it.
 * @param pages what each is called here, and its text
 */
export function testLooks(pages: Readonly<Record<string, () => string | Promise<string>>>): void {
  if (executable === undefined)
    test('no Chromium is in PATH: what only a browser can tell is not tested', (t) => t.is(findBrowser(), undefined));
  test.before(async () => {
    if (executable === undefined) return;
    for (const [name, render] of Object.entries(pages)) writeFileSync(join(folder, `${name}.html`), await render());
    browser = await launchBrowser(executable);
  });
  test.after.always(async () => {
    if (executable !== undefined) await browser.close();
  });
  for (const name of Object.keys(pages)) {
    for (const look of looks) testScreen(name, look);
    testPhones(name);
    testPaper(name);
  }
}

const looks: readonly Look[] = [390, 1440].flatMap((width) => [
  { width, colorScheme: 'light' as const },
  { width, colorScheme: 'dark' as const },
]);

function testScreen(name: string, look: Look): void {
  inBrowser(`${name}: ${look.width} pixels, ${look.colorScheme}: nothing runs, asks, overflows or fades`, async (t) => {
    const page = await open(t, name, look);
    t.is(await page.evaluate(overflow), 0);
    await openAll(page);
    t.is(await page.evaluate(overflow), 0, 'with all opened');
    t.deepEqual(await page.evaluate(faint), []);
    t.not(await page.title(), 'run');
    await page.close();
  });
}

function testPhones(name: string): void {
  inBrowser(`${name}: on phones of every width no chart runs off its edge, and nothing overflows`, async (t) => {
    for (const width of [360, 390, 420, 450, 480]) {
      const page = await open(t, name, { width, colorScheme: 'light' });
      await openAll(page);
      t.is(await page.evaluate(overflow), 0, `${width}`);
      t.deepEqual(await page.evaluate(offEdge), [], `${width}`);
      await page.close();
    }
  });
}

function testPaper(name: string): void {
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
}
