/** What each promise asks, how it is measured, what breaks it: the text of `netlab help PROMISE`, inside the page. */
import type { PromiseName } from '../../declaration/promise.js';
import type { ComparedRun } from '../../result/comparison.js';
import { matrixOf } from '../comparison-model.js';
import { pageOf } from '../topic.js';
import { html, type Html } from './html.js';
import { aboutId } from './ids.js';

/** Folded: who wants to know comes here from a cell. Each text is in the page once, however many runs there are. */
export function aboutSection(runs: readonly ComparedRun[]): Html {
  const pages = matrixOf(runs).flatMap(({ promise }) => pageWithName(promise) ?? []);
  if (pages.length === 0) return html``;
  return html`<section id="about"><h2>What the promises mean</h2>
<p class="hint">As <code>netlab help PROMISE</code> prints it.</p>
${pages}</section>`;
}

/** Where a promise is spoken of; nothing where there is no page about it. */
export function aboutLink(promise: PromiseName): Html {
  if (pageOf(promise) === undefined) return html``;
  return html`<p><a href="#${aboutId(promise)}">What ${promise} asks, how it is measured, what breaks it</a></p>`;
}

function pageWithName(promise: PromiseName): Html | undefined {
  const [name = '', sentence = '', ...blocks] = pageOf(promise)?.split(/\n{2,}/u) ?? [];
  if (name === '') return undefined;
  return html`<details class="about"><summary><span class="run-name">${name.replace(/^# /u, '')}</span> <span class="quiet">${sentence}</span></summary>
<div id="${aboutId(promise)}" class="about-body">${blocks.map(blockOf)}</div></details>
`;
}

/** Of Markdown these pages have headings, paragraphs, names in code, and drawings. */
function blockOf(block: string): Html {
  if (block.startsWith('## ')) return html`<h3>${block.slice(3)}</h3>`;
  if (block.startsWith('    ')) return html`<pre>${block.replaceAll(/^ {4}/gmu, '')}</pre>`;
  return html`<p>${block
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/gu, '$1')
    .split(/`([^`]+)`/u)
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}</p>`;
}
