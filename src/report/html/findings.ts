/** What went wrong, and what could not be told, with all evidence. */
import type { ComparedRun, Comparison } from '../../result/comparison.js';
import type { CheckResult } from '../../result/result.js';
import { isClean, namesWithoutRun } from '../../result/exit-code.js';
import { isUntold } from '../../result/verdict.js';
import { obstaclesOf } from '../comparison-model.js';
import { atMost } from '../text.js';
import { badge, checkDetails } from './cells.js';
import { html, type Html } from './html.js';
import { remedyLines } from './remedy.js';

const shownLines = 50;

export function findingsSection(comparison: Comparison): Html {
  const { runs } = comparison;
  const found = [
    ...runs.flatMap(broken),
    ...runs.flatMap(unbuilt),
    ...namesWithoutRun(comparison).map(lost),
    ...runs.flatMap(leaks),
    ...unverified(runs),
  ];
  if (found.length === 0)
    return html`<section id="findings"><h2>Findings</h2><p>None: nothing is broken, nothing unverified, nothing left behind.</p></section>`;
  return html`<section id="findings"><h2>Findings</h2>${found}</section>`;
}

const finding = (title: Html, body: Html): Html => html`<article class="finding"><h3>${title}</h3>${body}</article>`;

function broken({ name, result }: ComparedRun): readonly Html[] {
  return result.promises
    .filter(({ cell }) => cell === 'BROKEN')
    .map(({ promise, why, checks }) =>
      finding(
        html`${badge('BROKEN')} ${name}: ${promise}`,
        html`<p class="declared">promised: ${why}</p>${checks.filter(({ verdict }) => verdict === 'fail').map(checkDetails)}`,
      ),
    );
}

function unbuilt({ name, result }: ComparedRun): readonly Html[] {
  const obstacles = obstaclesOf(result);
  if (obstacles.length === 0) return [];
  const lines = obstacles.map(({ why, remedy }) => html`<p>${why}</p>${remedyLines(remedy)}`);
  return [finding(html`${badge('not built')} ${name}`, html`${lines}`)];
}

const lost = (name: string): Html =>
  finding(html`${badge('not measured')} ${name}`, html`<p>There is no result: its shard is missing.</p>`);

function leaks({ name, result }: ComparedRun): readonly Html[] {
  if (result.leaks === null || isClean(result.leaks)) return [];
  const { leftovers, machineChanges } = result.leaks;
  const lines = [...atMost(leftovers, shownLines), ...atMost(machineChanges, shownLines)];
  return [
    finding(html`${name}: not gone without a trace`, html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`),
  ];
}

/** The same reason once, for all runs that it concerns. */
function unverified(runs: readonly ComparedRun[]): readonly Html[] {
  const concerned = new Map<
    string,
    { readonly check: CheckResult; readonly promise: string; readonly names: string[] }
  >();
  for (const { name, result } of runs)
    for (const { promise, checks } of result.promises)
      for (const check of checks.filter(isUntold)) {
        const { verdict, reason = check.summary, remedy = '', evidence } = check;
        const key = JSON.stringify([promise, verdict, reason, remedy, evidence]);
        const known = concerned.get(key);
        if (known === undefined) concerned.set(key, { check, promise, names: [name] });
        else known.names.push(name);
      }
  return [...concerned.values()].map(({ check, promise, names }) =>
    finding(html`${badge('unverified')} ${names.join(', ')}: ${promise}`, checkDetails(check)),
  );
}
