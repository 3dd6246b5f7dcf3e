import { detectStyle } from '#src/cli/style.js';
import { renderTable } from '#src/report/table.js';
import { plainStyle, printable } from '#src/report/style.js';
import { count, cut, formatDuration, hang, wrap } from '#src/report/text.js';
import test from 'ava';
import fc from 'fast-check';

const terminal = { isTTY: true, columns: 90 };

test('colours: on a terminal only, unless the environment says otherwise', (t) => {
  const color = (screen: { isTTY?: boolean }, environment: Record<string, string>) =>
    detectStyle(screen, environment).color;
  t.true(color(terminal, {}));
  t.false(color({}, {}));
  t.false(color(terminal, { NO_COLOR: '1' }));
  t.true(color(terminal, { NO_COLOR: '' }), 'an empty NO_COLOR counts as unset: no-color.org');
  t.false(color(terminal, { TERM: 'dumb' }));
  t.true(color({}, { FORCE_COLOR: '1' }));
  t.false(color(terminal, { FORCE_COLOR: '0' }));
  t.true(color({}, { FORCE_COLOR: '1', NO_COLOR: '1' }));
});

test('Unicode: by the locale', (t) => {
  const unicode = (environment: Record<string, string>) => detectStyle(terminal, environment).unicode;
  t.true(unicode({ LANG: 'en_US.UTF-8' }));
  t.true(unicode({ LC_ALL: 'C.utf8', LANG: 'C' }));
  t.false(unicode({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }));
  t.false(unicode({}));
});

test('width: the terminal’s, within bounds', (t) => {
  t.is(detectStyle(terminal, {}).width, 90);
  t.is(detectStyle({ isTTY: true, columns: 20 }, {}).width, 60);
  t.is(detectStyle({ isTTY: true, columns: 500 }, {}).width, 132);
  t.is(detectStyle({}, {}).width, 100);
  t.is(detectStyle({}, { COLUMNS: '72' }).width, 72);
});

test('a table without colours holds no escape and fits', (t) => {
  const columns = [{ header: 'node' }, { header: 'what', flexible: true }];
  const text = renderTable(
    columns,
    [
      ['h1', 'a '.repeat(80)],
      ['h2', { text: 'y'.repeat(90), tone: 'bad' }],
    ],
    plainStyle,
  );
  t.notRegex(text, /\u001b/);
  for (const line of text.split('\n')) t.true(line.length <= 80);
  t.is(text.match(/y+/g)?.join('').length, 90);
  t.is(text.match(/^-+$/gm)?.length, 1, 'one line below the header, none between rows');
});

test('a table of one row, and of none', (t) => {
  const columns = [{ header: 'node' }, { header: 'count', align: 'right' as const }];
  t.is(
    renderTable(columns, [['h1', '7']], plainStyle),
    '===========\nnode  count\n-----------\nh1        7\n===========',
  );
  t.regex(renderTable(columns, [], plainStyle), /node  count/);
});

test('wrapping loses no character and keeps the width', (t) => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, width) => {
      const lines = wrap(text, width);
      const same = lines.join('').replaceAll(/\s/g, '') === text.replaceAll(/\s/g, '');
      return same && lines.length > 0 && lines.every((line) => line.length <= width);
    }),
  );
  t.deepEqual(hang('ab ', 'one two three four five six', 23), ['ab one two three four', '   five six']);
});

test('cutting keeps the width, and says where something is missing', (t) => {
  t.is(cut('all of it', 9, '…'), 'all of it');
  t.is(cut('one two three', 9, '…'), 'one two…');
  t.is(cut('predicted 1500, delivered 1500; larger: silence', 40, '...'), 'predicted 1500, delivered 1500...');
  t.is(cut('x'.repeat(20), 5, '...'), 'xx...');
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, width) => cut(text, width, '…').length <= width),
  );
});

test('durations and counts for people', (t) => {
  t.deepEqual([0, 3.44, 41.2, 999.6, 59_994, 125_400].map(formatDuration), [
    '0 ms',
    '3.4 ms',
    '41 ms',
    '1.00 s',
    '59.99 s',
    '2 min 5 s',
  ]);
  t.is(count(1, 'host'), '1 host');
  t.is(count(2, 'host'), '2 hosts');
});

test('nothing invisible and nothing that turns text around is printed: all of Bidi_Control and of format characters', (t) => {
  const bidi = '\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069';
  const others = '\u00AD\u180E\u200B\u2060\u2061\uFEFF\u{E0041}\u2028\u2029\uD800';
  for (const character of bidi + others) t.regex(printable(`a${character}b`), /^a\\[ux{}0-9a-f]+b$/u);
  t.is(printable('\u{1F468}\u200D\u{1F469} e\u0301'), '\u{1F468}\u200D\u{1F469} e\u0301');
});

test("a line is no command of GitHub's runner; addresses stay as they are", (t) => {
  t.is(printable('::error file=a::b'), '\\::error file=a::b');
  t.is(printable('  ::add-mask::b'), '  \\::add-mask::b');
  t.is(printable('a ##[group]b'), 'a #\\#[group]b');
  for (const one of ['::1', '::/0', '::ffff:10.0.0.1', '::', 'fd00::1']) t.is(printable(one), one);
});
