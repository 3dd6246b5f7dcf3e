import test from 'ava';
import { asComparison } from '#src/report/comparison-model.js';
import { followedText } from '#src/report/followed.js';
import { renderHtml } from '#src/report/html/page.js';
import { renderMarkdown } from '#src/report/markdown.js';
import { broken, kept } from './fixtures.js';

const followUps = { followed: 2, alike: 108, notFollowed: 1, durationMs: 1_200 };
const line = 'Lost packets followed: 2 in 1.20 s, standing for 108 that are alike; 1 more not followed';

test('every report of a broken lab says what following its losses has cost', async (t) => {
  const result = { ...broken, followUps };
  t.true(followedText(result)?.startsWith(line));
  t.true(renderMarkdown(asComparison(result)).includes(line));
  t.true((await renderHtml(asComparison(result))).includes(line));
});

test('nothing is said of it where nothing was broken, or nothing is known of it', (t) => {
  t.is(followedText({ ...kept, followUps }), undefined);
  t.is(followedText(broken), undefined);
});
