import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { matrixOf } from '#src/report/comparison-model.js';
import { renderComparison } from '#src/report/comparison-terminal.js';
import { renderHtml } from '#src/report/html/page.js';
import { renderMarkdown } from '#src/report/markdown.js';
import { plainStyle, type Style } from '#src/report/style.js';
import { renderRun } from '#src/report/terminal.js';
import { comparison, design, flat, lacking, leaking, runsOf, tunnel } from './comparisons.js';
import { broken, interrupted, kept, promise, run } from './fixtures.js';

const pretty: Style = { color: true, unicode: true, width: 120 };
const plain: Style = { ...plainStyle, width: 100 };

const many = comparison({
  runs: Array.from({ length: 14 }, (_, index) => ({ name: `a-long-strategy-name-${index}@routed`, result: flat })),
});

for (const [name, document] of Object.entries({ three: comparison(), many }))
  for (const width of [80, 100, 132])
    test(`${name}: no line is wider than ${width} columns, and no cell is without words`, (t) => {
      const text = stripVTControlCharacters(renderComparison(document, { ...pretty, width }));
      for (const line of text.split('\n')) t.true(line.length <= width, line);
      for (const { name: column } of document.runs) t.true(text.includes(column));
      const rows = text.split('\n').filter((line) => /^[a-z-]+ {2,}[✔✖–+?] /u.test(line));
      const cells = rows.flatMap((line) => line.match(/[✔✖–+?] (kept|BROKEN|absent|extra|unverified|not \w+)/gu) ?? []);
      t.is(cells.length, document.runs.length * matrixOf(document.runs).length);
    });

test('the matrix, the numbers, what each needs, what is broken, not built and unverified', (t) => {
  const text = renderComparison(comparison(), plain);
  t.regex(text, /^promise +flat +tunnel +lacking$/m);
  t.regex(text, /^path-mtu +\* kept +x BROKEN +\? not built$/m);
  t.regex(text, /^lan-reachable +\* kept +- absent +\? not built$/m);
  t.regex(text, /^throughput +\? not measured +\? unverified +\? not built$/m);
  t.regex(text, /^encrypted +- absent +\+ extra +\? not built$/m);
  t.regex(text, /^tunnel +1500 +1450 +1450 +1400 +812 ms +31\.20 s +2\.18 s +34\.46 s$/m);
  t.regex(
    text,
    /^ {2}tunnel +daemons tunneld \| listens on udp\/4789 \| kernel vxlan \| for the way out nftables nat/m,
  );
  t.regex(text, /protocols may take\s+50\.00 s\s+until a lab forwards \(STP: two\s+forward\s+delays/);
  t.regex(text, /^x tunnel: path-mtu is BROKEN$/m);
  t.regex(text, /where +h2:eth1/);
  t.regex(text, /^Not built\n {2}lacking: program tincd: no such program\n {4}-> sudo apt-get install tinc$/m);
  t.regex(text, /\? throughput: inconclusive: the machine was too busy to tell \(tunnel\)/);
  t.regex(text, /not built: lacking; broken: tunnel \(path-mtu\)\n {2}exit 3:/);
});

test('the longest chain of protocol timers is told in every format, with its parts, beside the time it took', async (t) => {
  const recovery = {
    link: { limitMs: 54_000, why: 'STP: max age of 20 s' },
    host: { limitMs: 90_000, why: 'nobody promises that' },
    reboot: { limitMs: 52_000, why: 'STP once more' },
  };
  const promises = [
    promise('survives-link-loss'),
    promise('survives-host-loss', 'absent', { verdict: 'fail' }),
    promise('survives-reboot'),
  ];
  const slow = { ...tunnel, promises, design: { ...design, recovery } };
  const document = comparison({ runs: runsOf(flat, slow) });
  const said =
    /took 35\.20 s.*longest chain of protocol timers \(tunnel\): 1 min 44 s: 50\.00 s until a lab forwards, then 54\.00 s after the loss of a link/;
  const [text, markdown, page] = [
    renderComparison(document, { ...plainStyle, width: 400 }),
    renderMarkdown(document),
    await renderHtml(document),
  ];
  for (const one of [text, markdown.replaceAll('\\', ''), page.replaceAll(/<[^>]*>/gu, ' ')]) {
    t.regex(one, said);
    t.regex(one, /protocols may take .*then 54\.00 s after the loss of a link \(STP: max age of 20 s\)/);
  }
  const unmeasured = comparison({ runs: runsOf({ ...slow, promises: [promise('egress')] }) });
  t.regex(renderComparison(unmeasured, { ...plainStyle, width: 400 }), /\(tunnel\): 50\.00 s until a lab forwards$/m);
});

test('what was broken on purpose, and what the machine decided, is told in every format', async (t) => {
  const decided = [{ parameter: 'engine', value: 'tinc', why: 'this kernel has no WireGuard' }];
  const faults = [{ fault: 'link-down h1:eth1 cable', seen: 'h1:eth1 has no carrier' }];
  const result = { ...flat, design: { ...design, decided }, faults };
  const document = comparison({ runs: [{ name: 'flat', result }] });
  const words = [
    /engine: tinc, because this kernel/,
    /broken on purpose: link-down h1:eth1 cable: h1:eth1 has no carrier/,
  ];
  const texts = [
    renderComparison(document, { ...plainStyle, width: 120 }),
    renderRun(result, { ...plainStyle, width: 120 }),
    renderMarkdown(document),
    await renderHtml(document),
  ];
  for (const text of texts) for (const one of words) t.regex(text, one);
});

const concludes = test.macro((t, document: ReturnType<typeof comparison>, words: RegExp) => {
  t.regex(renderComparison(document, plain).replaceAll(/\s+/gu, ' '), words);
});

const two = run([promise('no-nat')], { scenario: 'two', strategy: 'two' });
test(
  'all kept',
  concludes,
  comparison({ runs: runsOf(kept, two) }),
  /\* all 2 runs keep the promises that were measured exit 0/,
);
test(
  'broken',
  concludes,
  comparison({ runs: runsOf(flat, broken) }),
  /x 1 of 2 breaks a promise: bridge-l2 \(path-mtu\) exit 1/,
);
test(
  'stopped',
  concludes,
  comparison({ runs: runsOf(two, interrupted) }),
  /\? stopped; measured to the end: two in part: bridge-l2 \(2 of 4 promises\) exit 130/,
);
test('of one that was stopped only what there is: told promises, and runs of which something is known', (t) => {
  const never = run([], { scenario: 'never', strategy: 'never', complete: false, exitCode: 130, phases: [] });
  const part = run([promise('unique-address'), ...interrupted.promises.slice(2)], { complete: false, exitCode: 130 });
  const text = renderComparison(comparison({ runs: [...runsOf(two, part), { name: 'never', result: never }] }), plain);
  t.notRegex(text, /egress|never/);
  t.regex(text, /^unique-address .*kept/m);
  t.regex(text, /^ {2}in part: bridge-l2 \(1 of 3 promises\)$/m);
  const nothing = renderComparison(comparison({ runs: [{ name: 'never', result: never }] }), plain);
  t.notRegex(nothing, /MTU in bytes|What each needs|No promise/);
  t.regex(nothing, /\? stopped; measured to the end: none\n {2}exit 130/);
});

test('what could not be told for one reason is said once for all promises and runs', (t) => {
  const untold = { verdict: 'inconclusive', reason: 'the machine was too busy', remedy: 'Run it again.' } as const;
  const busy = [promise('egress', 'promised', untold), promise('no-nat', 'promised', untold)];
  const text = renderComparison(comparison({ runs: runsOf(run(busy), run(busy, { scenario: 'b' })) }), plain);
  t.is(text.match(/too busy/g)?.length, 1);
  t.regex(text, /\? egress, no-nat: inconclusive: the machine was too busy \(bridge-l2, b\)\n +-> Run it again\.\n/);
});

test('leaking', concludes, comparison({ runs: runsOf(flat, leaking) }), /not gone without a trace: leaking exit 3/);
test(
  'a shard is missing',
  concludes,
  comparison({ runs: runsOf(flat), planned: ['flat', 'other'] }),
  /without a result, because a shard is missing: other exit 3/,
);
test(
  'skipped',
  concludes,
  comparison({ runs: runsOf(flat, lacking), skipMissing: true }),
  /flat keeps [^;]* that (?:was|were) measured; 1 cannot be built here exit 0/,
);
test(
  'an empty shard',
  concludes,
  comparison({ runs: [], planned: ['flat'], shard: { index: 2, total: 2 } }),
  /nothing is left for this shard exit 0/,
);
test(
  'inconclusive',
  concludes,
  comparison({ runs: runsOf(flat, { ...tunnel, exitCode: 4 }) }),
  /not everything could be told: tunnel exit 4/,
);

test('what a result says cannot move the cursor', (t) => {
  const evil = run([promise('no-nat', 'promised', { verdict: 'skip', reason: '\u001b[2J' })], {
    scenario: '\u001b[31m',
  });
  t.notRegex(renderComparison(comparison({ runs: runsOf(evil) }), plain), /\u001b/);
});
