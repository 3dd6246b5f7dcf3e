/** What a reader can do with the page: filter, search, copy. All works from a file; without the script nothing is lost but these. */
import { html, type Html, trusted } from './html.js';

/** Shown only where the script runs, but for the filter, which is style alone. */
export const matrixTools: Html = html`<div class="tools">
<label><input type="checkbox" id="only-differences"> only differences</label>
<label class="search scripted" hidden>search <input type="search" id="search" autocomplete="off" placeholder="promise"></label>
<span class="quiet" id="search-none" role="status" hidden>No promise is called that.</span></div>
`;

/**
 * A command to copy.
 * @param first what is to be done before it
 */
export const commandLine = (command: string, first?: string): Html =>
  html`${first === undefined ? '' : html`<p>${first}</p>`}<p class="command"><code>${command}</code> <button class="copy scripted" type="button" hidden>Copy</button></p>`;

/** Opens the cell, or what is folded, that the address names, searches, copies. It asks for nothing, stores nothing and adds no markup. */
export const pageScript = `
for (const one of document.querySelectorAll('.scripted')) one.hidden = false;
const showLinked = () => {
  const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (found === null) return;
  if (!found.matches('.why')) for (const one of document.querySelectorAll('.why:popover-open')) one.hidePopover();
  else if (!found.matches(':popover-open')) found.showPopover();
  const folded = found.closest('details');
  if (folded === null) return;
  folded.open = true;
  found.scrollIntoView();
};
addEventListener('hashchange', showLinked);
showLinked();
const search = document.getElementById('search');
const none = document.getElementById('search-none');
if (search !== null) search.addEventListener('input', () => {
  const words = search.value.trim().toLowerCase();
  let shown = 0;
  for (const row of document.querySelectorAll('.matrix tbody tr')) {
    row.hidden = !row.querySelector('th').textContent.toLowerCase().includes(words);
    if (!row.hidden) shown += 1;
  }
  none.hidden = shown > 0;
});
document.addEventListener('click', async ({ target }) => {
  if (!target.matches('.copy')) return;
  const code = target.parentElement.querySelector('code');
  try {
    await navigator.clipboard.writeText(code.textContent);
    target.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(code);
    target.textContent = 'Selected';
  }
  setTimeout(() => { target.textContent = 'Copy'; }, 2000);
});
`.trim();

export const scriptElement: Html = html`<script>${trusted(pageScript)}</script>`;
