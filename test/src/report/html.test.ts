import test from 'ava';
import { promiseNames } from '#src/declaration/promise.js';
import { asComparison } from '#src/report/comparison-model.js';
import { renderHtml } from '#src/report/html/page.js';
import { remedyLines } from '#src/report/html/remedy.js';
import { plainStyle } from '#src/report/style.js';
import { pageOf, pageText } from '#src/report/topic.js';
import { comparison, design, flat, lacking, outages, runsOf, tunnel } from './comparisons.js';
import { broken, kept, leaking, promise, run } from './fixtures.js';
import { hostile } from './hostile.js';

const documents = {
  three: comparison(),
  outages,
  hostile,
  'a single run': asComparison({ ...broken, design }),
  'a failed build': asComparison(leaking),
  'no run': comparison({ runs: [], planned: [] }),
};

const all = (text: string, pattern: RegExp): readonly string[] =>
  Array.from(text.matchAll(pattern), ([, found = '']) => found);

for (const [name, document] of Object.entries(documents))
  test(`${name}: one script with its digest, nothing from elsewhere, every link and button leads somewhere`, async (t) => {
    const text = await renderHtml(document);
    t.regex(text, /^<!doctype html>\n/);
    t.regex(
      text,
      /http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-[^&]+&#39;; script-src &#39;sha256-[^&]+&#39;; base/,
    );
    t.is(text.split('<script').length, 2);
    t.notRegex(text, /<(img|link|iframe|object|embed|base|form|a [^>]*href="[^#])/i);
    t.notRegex(
      text.replace(/<script>[^]*<\/script>/, '').replaceAll(/"[^"]*"/g, '""'),
      /<[^>]*\s(style|on\w+)=/i,
      'neither inline styles, which the policy forbids, nor handlers',
    );
    t.deepEqual(
      [...new Set(all(text, /(https?:\/\/[^"' ]*)/g))].filter((url) => !url.includes('www.w3.org')),
      [],
    );
    const ids = all(text, / id="([^"]*)"/g);
    t.is(new Set(ids).size, ids.length, 'no id twice');
    for (const target of all(text, / (?:popovertarget|href)="#?([^"]*)"/g)) t.true(ids.includes(target), target);
  });

test('every cell says in words what it is, and opens why', async (t) => {
  const text = await renderHtml(comparison());
  t.is(all(text, /<button class="cell [a-z-]+" popovertarget="[^"]+" aria-label="([^"]*)">/g).length, 15);
  t.regex(
    text,
    /aria-label="path-mtu of tunnel: BROKEN\. Why\?"><span class="mark">✖<\/span><span class="word">BROKEN</,
  );
  t.regex(text, /h1c1 sent 1450 bytes with DF/);
  t.regex(text, /sudo apt-get install tinc/);
});

test('the picture of the network, its ladder and its times are there', async (t) => {
  const text = await renderHtml(comparison());
  t.regex(text, /<svg [^>]*class="picture" role="img"[^]*h2c1[^]*MTU 1400 \| 1500/);
  t.regex(text, /aria-label="predicted 1450, delivered 1400"/);
  t.regex(text, /class="delivered off"/);
  t.regex(text, /protocols may take 50\.00 s until a lab forwards \(STP/);
});

test('cells have links that do not change when other runs and promises come or go; their command is there to copy', async (t) => {
  for (const runs of [runsOf(flat, tunnel, lacking), runsOf(tunnel, flat)]) {
    const text = await renderHtml(comparison({ runs }));
    t.regex(text, /id="why-tunnel-path-mtu" popover>/);
    t.regex(text, /<a href="#why-tunnel-path-mtu">Link to this cell/);
    t.regex(text, /<code>netlab run tunnel --only path-mtu<\/code> <button class="copy/);
    t.regex(text, /<section id="compared">[^]*<svg [^]*<section id="matrix">/);
  }
});

test('only rows that differ are left by the filter; an outage that nobody promised to avoid is not red', async (t) => {
  const text = await renderHtml(comparison({ runs: runsOf(flat, tunnel) }));
  t.deepEqual(all(text, /<tr class="alike"><th scope="row">([^<]*)/g), ['unique-address']);
  const expected = promise('survives-host-loss', 'absent', {
    verdict: 'fail',
    observations: [{ name: 'outageMs', value: null, subject: 'h1c1 -> h2c1' }],
  });
  const shown = await renderHtml(comparison({ runs: runsOf(flat, run([expected], { scenario: 'frail' })) }));
  t.regex(shown, /<tr class="unpromised">[^]*<rect class="down unpromised"[^]*did not end<[^]*not promised/);
});

test('a picture that cannot be drawn costs nothing else', async (t) => {
  const shapes = new Proxy([], {
    get: () => {
      throw new Error('no such picture');
    },
  });
  const undrawable = { ...design, topology: { ...design.topology, shapes } };
  const text = await renderHtml(comparison({ runs: [{ name: 'tunnel', result: { ...tunnel, design: undrawable } }] }));
  t.regex(text, /The network could not be drawn: no such picture/);
  t.regex(text, /h1c1 sent 1450 bytes with DF/);
});

test('outages are drawn, the longest first, and one that did not end is told', async (t) => {
  const text = await renderHtml(outages);
  t.deepEqual(all(text, /aria-label="([^"]*)"><rect class="up" y="12"[^>]*><rect/g), [
    'did not end ✖',
    '31.05 s',
    '120 ms',
  ]);
  t.regex(text, /<a href="#outages">/);
  t.regex(text, /h1c1 -&gt; h3c1<\/span>[^]*did not end ✖[^]*h1c1 -&gt; h2c1<\/span>[^]*31\.05 s/);
  t.regex(text, /<rect class="up" x="0\.00%"[^]*?<rect class="down" x="11\.11%"[^]*?width="69\.00%"/);
  t.regex(text, /and 3 more, none longer/);
  t.notRegex(await renderHtml(comparison()), /id="outages"/);
});

test('a reason that concerns several runs is told once', async (t) => {
  const runs = ['one', 'two'].map((name) => ({ name, result: tunnel }));
  t.is(all(await renderHtml(comparison({ runs })), /<h3>[^]*?<\/span> (one, two: throughput)/g).length, 1);
});

test('a healthy single run says so, and shows what was measured beside each cell', async (t) => {
  const text = await renderHtml(asComparison(kept));
  t.regex(text, /<h1>[^]*✔[^]*bridge-l2 keeps what it promises/);
  t.regex(text, /None: nothing is broken/);
  t.regex(text, /<td class="measured">4 containers: no IP or MAC twice/);
});

/** What a reader sees of markup, but for how words are spaced and which are code. */
const words = (text: string): string => text.replaceAll('`', '').replaceAll(/\s+/g, ' ').trim();
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const seen = (markup: string): string =>
  words(markup.replaceAll(/<\/?code>/g, '').replaceAll(/<[^>]*>/g, ' ')).replaceAll(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name: string) => entities[name] ?? '',
  );

test('what a promise means is told as netlab help tells it, once for all runs, and every cell leads there', async (t) => {
  const runs = ['one', 'two'].map((name) => ({ name, result: kept }));
  const text = await renderHtml(comparison({ runs }));
  for (const name of promiseNames) {
    const found = all(text, new RegExp(`(<details class="about"><summary><[^>]*>${name}</span>[^]*?)</details>`, 'g'));
    t.deepEqual(found.map(seen), [words(pageText('path-mtu', pageOf(name) ?? '', plainStyle))], name);
    t.is(text.split(`<a href="#about-${name}">`).length - 1, runs.length, name);
    t.is(text.split(` id="about-${name}"`).length - 1, 1, name);
  }
  t.regex(await renderHtml(asComparison(kept)), /<nav [^]*<a href="#about">/);
  t.notRegex(await renderHtml(asComparison(leaking)), /href="#about|id="about/);
});

test('a command in a remedy can be copied, and what is around it stays text', (t) => {
  const commandsOf = (remedy: string) => all(remedyLines(remedy).text, /<code>([^<]*)<\/code> <button class="copy/g);
  const lines = [
    'sudo sysctl user.max_user_namespaces=15000, or run netlab with sudo',
    'load the module: modprobe tun.',
  ];
  t.deepEqual(commandsOf(lines.join('\n')), ['sudo sysctl user.max_user_namespaces=15000', 'modprobe tun']);
  t.is(
    seen(remedyLines(lines.join('\n')).text.replaceAll(/<button[^]*?<\/button>/g, '')),
    `What to do: ${lines.join(' ')}`.replace('15000,', '15000 ,').replace('tun.', 'tun .'),
  );
  t.deepEqual(commandsOf('Let it go on: kill -CONT 4711\nor end it: netlab down my-lab'), [
    'kill -CONT 4711',
    'netlab down my-lab',
  ]);
  t.deepEqual(commandsOf('Allow more open files (ulimit -n), or measure a smaller cluster.'), ['ulimit -n']);
  for (const text of ['Run netlab again when the machine is idle.', 'See what kills it; sudo is not needed.', ''])
    t.deepEqual(commandsOf(text), [], text);
});
