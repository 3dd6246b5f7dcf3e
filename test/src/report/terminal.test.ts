import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import type { Style } from '#src/report/style.js';
import { loadCommands } from '#src/cli/commands/index.js';
import { type PromiseName, promiseNames } from '#src/declaration/promise.js';
import { commandWords } from '#src/report/command-name.js';
import { plainStyle } from '#src/report/style.js';
import { renderRun } from '#src/report/terminal.js';
import { broken, check, cleanLeaks, interrupted, kept, leaking, promise, run } from './fixtures.js';

const pretty: Style = { color: true, unicode: true, width: 120 };
const lineWith = (text: string, part: string): string => text.split('\n').find((line) => line.includes(part)) ?? '';

for (const [name, result] of Object.entries({ kept, broken, leaking, interrupted })) {
  for (const width of [80, 120])
    test(`${name}: no line is wider than ${width} columns`, (t) => {
      const text = stripVTControlCharacters(renderRun(result, { ...pretty, width }));
      for (const line of text.split('\n')) t.true(line.length <= width, line);
    });
  test(`${name}: plain style is ASCII but for what the result itself says, without escapes`, (t) => {
    const text = renderRun(result, plainStyle).replaceAll(/[’→“”]/g, '');
    t.regex(text, /^[\n\u0020-\u007e]+$/);
  });
}

test('colours change nothing but colours', (t) => {
  t.is(stripVTControlCharacters(renderRun(broken, pretty)), renderRun(broken, { ...pretty, color: false }));
  t.not(renderRun(broken, pretty), renderRun(broken, { ...pretty, color: false }));
});

test('each promise stands beside its cell, and only what was verified is kept', (t) => {
  const text = renderRun(broken, { ...plainStyle, width: 120 }, true);
  const rows: Readonly<Record<string, RegExp>> = {
    'unique-address': /^\* kept +unique-address +promised +pass +4 containers/,
    'path-mtu': /^x BROKEN +path-mtu +promised +fail +predicted 1500/,
    throughput: /^\? unverified +throughput +promised +inconclusive/,
    egress: /^- absent +egress +absent +fail/,
    'loop-free': /^\+ extra +loop-free +absent +pass/,
    'dual-stack': /^\? unverified +dual-stack +promised +skip/,
  };
  for (const [name, row] of Object.entries(rows)) t.regex(lineWith(text, ` ${name} `), row);
});

for (const width of [80, 100, 120])
  test(`a promise is one line of ${width} columns; what is cut is told with --verbose, or of a broken one below`, (t) => {
    const style: Style = { ...pretty, color: false, width };
    const long = { summary: 'a long story of what was measured, '.repeat(8), coverage: 'all 12 ordered pairs' };
    const result = run([
      promise('egress', 'promised', long),
      promise('no-nat', 'promised', { ...long, verdict: 'fail' }),
    ]);
    const lines = renderRun(result, style).split('\n');
    const head = lines.findIndex((line) => line.startsWith('cell'));
    const end = lines.indexOf('━'.repeat(width), head);
    t.is(end - head, 4, 'head, rule, two rows');
    const rows = lines.slice(head + 2, end);
    const below = lines.slice(end).join('\n');
    for (const row of rows) t.regex(row, /[a-z]…$/u);
    t.regex(below, /--verbose\n/u);
    t.regex(below, /measured: a long story[^]*all 12 ordered/u);
    const detailed = renderRun(result, style, true);
    t.regex(detailed.replaceAll(/\s+/gu, ' '), /\(all 12 ordered pairs\)/u);
    t.notRegex(detailed, /…|--verbose/u);
  });

test('a broken promise: what was sent, expected, seen, where; the drift; and where to look', (t) => {
  const text = renderRun(broken, { ...plainStyle, width: 120 });
  t.regex(text, /path-mtu is BROKEN/);
  t.regex(text, /h1c1 sent 1500 bytes with DF to h2c1/);
  t.regex(text, /expected +1500 bytes delivered/);
  t.regex(text, /seen +silence: a black hole/);
  t.regex(text, /where +h2:eth1/);
  t.regex(text, /differs from its plan.*\n  h2: eth1 has MTU 1400/);
  t.regex(text, /breaks 1 of 6 promises: path-mtu\n  exit 1: a promise is broken/);
  t.regex(text, /netlab exec look h2 -- ip -d addr/);
});

test('a place that is a list: the hint names the first node; rules that differ are looked at with nft', (t) => {
  const at = (where: string, message: string) =>
    promise('no-nat', 'promised', { verdict: 'fail', evidence: [{ message, where }] });
  const twins = run([at('h2c1 and h2c2', 'the address is there twice')], { drift: ['h1: nftables: planned none'] });
  t.regex(renderRun(twins, plainStyle), /netlab exec look h2c1 -- ip -d addr\n/);
  const ports = run([at('h1:eth1, h2:eth1 and 3 more', 'silence')]);
  t.regex(renderRun(ports, plainStyle), /netlab exec look h1 -- ip -d addr\n/);
  const drifted = run([at('h1', 'the source is not the sender')], { drift: ['h1: nftables: planned none'] });
  t.regex(renderRun(drifted, plainStyle), /netlab exec look h1 -- nft list ruleset\n/);
  const said = run([at('h2:br0', 'lost at h2:br0; its nftables ruleset differs')]);
  t.regex(renderRun(said, plainStyle), /netlab exec look h2 -- nft list ruleset\n/);
});

test('hints can be copied: they call netlab as the reader did, and stored words stay', (t) => {
  const skipped = promise('egress', 'promised', {
    verdict: 'skip',
    reason: 'netlab reports nothing',
    remedy: 'see netlab doctor',
  });
  const style = { ...plainStyle, command: './netlab' };
  t.regex(renderRun(run([promise('no-nat'), skipped]), style), /-> see \.\/netlab doctor/);
  t.regex(renderRun(run([promise('no-nat'), skipped]), style), /skip: netlab reports nothing/);
  const steps = renderRun(kept, style);
  t.regex(
    steps,
    /\.\/netlab up .*\n +\.\/netlab exec look h1 -- ip link set eth1 mtu 1400\n +\.\/netlab verify look\n/,
  );
  t.regex(renderRun(kept, plainStyle), /\n +netlab up /);
});

test('every command is known to the hints', async (t) => {
  const names = (await loadCommands(undefined)).map((command) => command.name());
  t.deepEqual([...commandWords], names);
});

test('few promises that were measured are named, not called all', (t) => {
  const headline = (...names: readonly PromiseName[]) => renderRun(run(names.map((name) => promise(name))), plainStyle);
  t.regex(headline('path-mtu'), /bridge-l2 keeps the one promise that was measured: path-mtu\n/);
  t.regex(headline('path-mtu', 'no-nat'), /keeps both promises that were measured: path-mtu, no-nat\n/);
  t.regex(headline('path-mtu', 'no-nat', 'egress'), /keeps all 3 promises that were measured: path-mtu, /);
  const fails = promise('no-nat', 'promised', { verdict: 'fail' });
  t.regex(renderRun(run([fails]), plainStyle), /breaks the one promise that was measured: no-nat\n/);
});

test('a table is as wide as a wide terminal, running text stays readable', (t) => {
  const style: Style = { ...pretty, color: false, width: 132, tableWidth: 200 };
  const long = promise('throughput', 'promised', { summary: 'goodput of one and of another pair, '.repeat(9) });
  const rows = renderRun(run([long, promise('egress')]), style).split('\n');
  t.is(Math.max(...rows.map(({ length }) => length)), 200);
  t.true(rows.filter((row) => row.length > 132).every((row) => /^[━─]|^cell|throughput/u.test(row)));
});

test('after verify the next steps name the lab that was measured', (t) => {
  const measured = renderRun({ ...broken, lab: 'demo', leaks: null }, plainStyle);
  t.regex(measured, /netlab exec demo h2 -- ip -d addr\n +netlab verify demo\n/);
  t.notRegex(measured, /netlab up|look /);
  t.regex(renderRun({ ...interrupted, lab: 'demo', leaks: null }, plainStyle), /netlab verify demo\n/);
});

test('a run in which nothing was promised keeps no promises', (t) => {
  const text = renderRun(run([promise('egress', 'silent'), promise('loop-free', 'absent')]), plainStyle);
  t.regex(text, /bridge-l2 promises nothing of what was measured: egress, loop-free\n {2}exit 0/);
});

test('many pieces of evidence are counted', (t) => {
  const evidence = Array.from({ length: 12 }, (_, index) => ({ message: `pair ${index} failed` }));
  const text = renderRun(run([promise('no-nat', 'promised', { verdict: 'fail', evidence })]), plainStyle);
  t.regex(text, /pair 4 failed\n  and 7 more/);
  t.notRegex(text, /pair 5 failed/);
});

test('what is unverified has its reason and its remedy', (t) => {
  const text = renderRun(broken, plainStyle);
  t.regex(text, /\? throughput: inconclusive: the machine was too busy to tell\n  -> Run it again when/);
  t.regex(text, /\? dual-stack: skip: this kernel has no IPv6\n  -> Boot without/);
});

test('an error of netlab is told even beside a broken promise', (t) => {
  const fails = promise('no-nat', 'promised', { verdict: 'fail' });
  const errs = check('no-nat/udp', { verdict: 'error', reason: 'the neighbour table overflowed' });
  const text = renderRun(run([{ ...fails, checks: [...fails.checks, errs] }]), plainStyle);
  t.regex(text, /x no-nat: error: the neighbour table overflowed/);
  t.regex(text, /netlab failed to measure no-nat\n  exit 3/);
});

test('kept: how many, the proof and the times', (t) => {
  const text = renderRun(kept, plainStyle);
  t.true(text.includes(`keeps all ${promiseNames.length} promises\n  exit 0: all promises kept`));
  t.regex(text, /\* Nothing is left\. Compared: namespaces, links/);
  t.regex(text, /1\.31 s: plan 3\.4 ms, sandbox 41 ms, build 62 ms, verify 1\.18 s, teardown 25 ms/);
});

test('exit 0 with something unverified does not say that all is kept', (t) => {
  const text = renderRun(run([promise('egress'), promise('dual-stack', 'promised', { verdict: 'skip' })]), plainStyle);
  t.regex(text, /\? bridge-l2 keeps 1 of 2 promises; unverified: dual-stack\n  exit 0/);
  t.regex(text, /netlab run bridge-l2 --strict/);
});

test('leftovers and changes of the machine, and what could not be compared', (t) => {
  const text = renderRun(leaking, plainStyle);
  t.regex(text, /x Not clean after 2\.00 s\n  left behind: process 4711.*\n  the machine changed: route/);
  t.regex(text, /not compared: nftables \(needs root\)/);
  t.regex(text, /x h1: br0: cannot add link.*\n  exit 3/);
  t.regex(text, /-> modprobe bridge/);
  t.notRegex(text, /Nothing is left/);
});

test('a partial run says where it stopped; a lab that stays up has no proof', (t) => {
  const stopped = renderRun(interrupted, plainStyle);
  t.regex(
    stopped,
    /\? bridge-l2: stopped after 2 of 4 promises: unique-address,\n  container-to-container\n  exit 130: int/,
  );
  t.is(stopped.match(/the run was stopped/gu)?.length, 1, stopped);
  t.regex(stopped, /\? egress, no-nat: skip: the run was stopped/);
  t.regex(renderRun({ ...kept, leaks: null }, plainStyle), /no leak proof/);
  t.regex(renderRun({ ...kept, leaks: null, lab: 'demo' }, plainStyle), /no leak proof: the lab stays up/);
  t.regex(renderRun({ ...interrupted, promises: [], phases: [], leaks: null }, plainStyle), /nothing was started/);
  const unread = run([promise('egress')], { leaks: { ...cleanLeaks, notCompared: ['nftables'] } });
  t.regex(renderRun(unread, plainStyle), /not compared: nftables/);
});

test('text from elsewhere cannot move the cursor, break a command or get lost', (t) => {
  const scenario = "it's\u001b[2J";
  const evidence = [{ message: `saw \u001b]0;title\u0007 ${'x'.repeat(200)}`, where: 'h1\r' }];
  const text = renderRun(run([promise('egress', 'promised', { verdict: 'fail', evidence })], { scenario }), plainStyle);
  t.notRegex(text, /[\u001b\u0007\r]/);
  t.regex(text, /saw \\x1b\]0;title\\x07/);
  t.is(text.match(/x{20,}/g)?.join('').length, 200);
  t.regex(text, /netlab up 'it'\\''s\\x1b\[2J' --name look/);
});
