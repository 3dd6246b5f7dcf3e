/** All of a comparison, or of a run, as a page. */
import type { Comparison } from '../../result/comparison.js';
import { exitSentence } from '../../result/exit-sentence.js';
import { matrixOf } from '../comparison-model.js';
import { allCircumstances, comparisonFacts } from '../comparison-facts.js';
import { comparisonHeadline } from '../comparison-headline.js';
import { aboutSection } from './about.js';
import { reasons } from './cells.js';
import { comparedSection } from './compared.js';
import { findingsSection } from './findings.js';
import { factsLine, framed, sectionLinks } from './frame.js';
import { html, type Html } from './html.js';
import { ladderSection } from './ladder.js';
import { matrixSection } from './matrix.js';
import { needsSection } from './needs.js';
import { haveOutages, outagesSection } from './outages.js';
import { runsSection } from './runs.js';
import { timesSection } from './times.js';

/**
 * A whole document, ending in a newline.
 * @param command how the reader calls netlab
 */
export async function renderHtml(comparison: Comparison, command?: string): Promise<string> {
  const { runs } = comparison;
  const title = runs.length === 1 ? `netlab: ${runs[0]?.name ?? ''}` : 'netlab: comparison';
  const body = html`${header(comparison)}
<main>
${runs.length === 0 ? html`<p>There is no run in it.</p>` : html`${comparedSection(runs)}${matrixSection(runs)}${findingsSection(comparison)}${ladderSection(runs)}${outagesSection(runs)}${timesSection(runs)}${needsSection(runs)}${await runsSection(runs)}${aboutSection(runs)}`}
</main>
${reasons(runs)}`;
  return framed({ title, netlabVersion: comparison.netlabVersion, body, command });
}

const sections = [
  ['compared', 'Compared'],
  ['matrix', 'Promises'],
  ['findings', 'Findings'],
  ['mtu', 'MTU'],
  ['outages', 'Outages'],
  ['time', 'Time'],
  ['needs', 'Needs'],
  ['runs', 'Runs'],
  ['about', 'What it means'],
] as const;

/** Those that are there. */
function sectionsOf(runs: Comparison['runs']) {
  const absent = [
    ...(runs.some(({ result }) => result.design !== undefined) ? [] : ['needs']),
    ...(haveOutages(runs) ? [] : ['outages']),
    ...(runs.length > 1 ? [] : ['compared']),
    ...(matrixOf(runs).length > 0 ? [] : ['about']),
  ];
  return sections.filter(([id]) => !absent.includes(id));
}

function header(comparison: Comparison): Html {
  const { runs, exitCode, startedAt, netlabVersion } = comparison;
  const facts = [...comparisonFacts(comparison), `${startedAt.slice(0, 16).replace('T', ' ')} UTC`];
  const tone = exitCode === 0 ? 'good' : exitCode === 4 || exitCode === 130 ? 'warn' : 'bad';
  const mark = { good: '✔', warn: '?', bad: '✖' }[tone];
  const [title, rest] = titleOf(comparisonHeadline(comparison), runs);
  return html`<header>
<p class="eyebrow">netlab ${netlabVersion} · ${runs.length === 1 ? 'run' : 'comparison'}</p>
<h1><span class="verdict ${tone}" aria-hidden="true">${mark}</span> ${title}${rest === '' ? '' : html`<span class="rest">${rest}</span>`}</h1>
${factsLine(facts)}
<p class="facts">Exit code ${exitCode}: ${exitSentence(
    exitCode,
    runs.map(({ result }) => result),
  )}.</p>
${allCircumstances(comparison).map((line) => html`<p class="facts">${line}</p>`)}
${runs.length === 0 ? '' : sectionLinks(sectionsOf(runs))}
</header>`;
}

/** What it comes to, and of what. A headline may begin with a name, which stays as it is. */
function titleOf(text: string, runs: Comparison['runs']): readonly [title: string, rest: string] {
  const end = text.indexOf(': ');
  const [title, rest] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 2)];
  const named = runs.some(({ name }) => text.startsWith(name));
  return [named ? title : title.charAt(0).toUpperCase() + title.slice(1), rest];
}
