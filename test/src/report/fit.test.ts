/** Text on a terminal: no word is broken at its edge, a command stays on one line. */
import { fitPage } from '#src/report/fit-page.js';
import { fitText } from '#src/report/fit.js';
import { plainStyle } from '#src/report/style.js';
import { pageOf, topics } from '#src/report/topic.js';
import test from 'ava';
import fc from 'fast-check';

const remedy =
  'What to do: take fewer hosts or containers, or raise the limit: sudo sysctl user.max_net_namespaces=2000';

test('a command in prose stays on one line, however narrow it is; the rest hangs below its lead', (t) => {
  t.is(fitText(remedy, {}), remedy, 'no terminal: as it is');
  t.deepEqual(fitText(remedy, { width: 58 }).split('\n'), [
    'What to do: take fewer hosts or containers, or raise the',
    '            limit:',
    '            sudo sysctl user.max_net_namespaces=2000',
  ]);
  const called = fitText('netlab: no lab is running; start one: ./netlab up SCENARIO --name NAME', {
    width: 40,
    command: './netlab',
  });
  t.deepEqual(called.split('\n'), [
    'netlab: no lab is running; start one:',
    '        ./netlab up SCENARIO --name NAME',
  ]);
  t.is(fitText('  sudo apt-get install a b c', { width: 12 }), '  sudo apt-get install a b c');
  t.deepEqual(fitText('  # what a promise asks and how', { width: 20 }).split('\n'), [
    '  # what a promise',
    '  # asks and how',
  ]);
});

test('no word is lost or broken, and no line is wider than a word of it', (t) => {
  const words = fc.array(fc.stringMatching(/^[a-z!-/]{1,20}$/u), { minLength: 1 });
  const isKept = (given: readonly string[], width: number): boolean => {
    const lines = fitText(`netlab: ${given.join(' ')}`, { width, command: 'never' }).split('\n');
    const isAlone = (line: string): boolean => !line.trim().replace('netlab: ', '').includes(' ');
    return (
      lines.map((line) => line.trim()).join(' ') === `netlab: ${given.join(' ')}` &&
      lines.every((line) => line.length <= width || isAlone(line))
    );
  };
  t.notThrows(() => fc.assert(fc.property(words, fc.integer({ min: 20, max: 80 }), isKept)));
});

for (const width of [40, 60, 80])
  test(`every page of help on ${width} columns: nothing is wider but what is copied, and that is whole`, (t) => {
    for (const name of topics().flatMap(({ names }) => names)) {
      const page = pageOf(name) ?? '';
      const fitted = fitPage(page, name, { ...plainStyle, terminalWidth: width, command: './netlab' });
      const wide = fitted.split('\n').filter((line) => line.length > width);
      t.deepEqual(
        wide.filter((line) => !/^ *(?:\S+|\.?\/?netlab .*|`[^`]+`[,.;]?|strategy: .*)$/u.test(line)),
        [],
        name,
      );
      for (const command of page.match(/^ {4}netlab \S+ \S+/gmu) ?? [])
        t.true(fitted.includes(command), `${name}: ${command}`);
      t.is(fitPage(page, name, plainStyle), page, 'no terminal: as it is');
    }
  });

test('a drawing that is too wide is cut beside its boxes, or left out, and it is said where it is whole', (t) => {
  const page = pageOf('vxlan') ?? '';
  const at = (terminalWidth: number) => fitPage(page, 'vxlan', { ...plainStyle, terminalWidth });
  t.regex(at(80), /║|│ c 10\.3\.1\.2/);
  t.regex(at(80), /\(drawn in \d+ columns:\s+netlab help vxlan \| less -S\)/);
  t.notRegex(at(60), /[\u2500-\u257f]/);
  t.notRegex(at(120), /drawn in/);
});
