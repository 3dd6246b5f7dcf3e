/** What a reader can do about something, with the commands in it to copy. */
import { atCommands } from '../commands.js';
import { html, type Html } from './html.js';

/** A paragraph for each line; nothing for an empty remedy. */
export function remedyLines(remedy: string): Html {
  const lines = remedy.split('\n').filter((line) => line.trim() !== '');
  return html`${lines.map(
    (line, index) =>
      html`<p class="todo">${index === 0 ? html`<span class="quiet">What to do:</span> ` : ''}${withCommands(line)}</p>`,
  )}`;
}

function withCommands(line: string): Html {
  return html`${atCommands(line).map((part, index) => (index % 2 === 1 ? toCopy(part) : part))}`;
}

const toCopy = (text: string): Html =>
  html`<span class="to-copy"><code>${text}</code> <button class="copy scripted" type="button" hidden>Copy</button></span>`;
