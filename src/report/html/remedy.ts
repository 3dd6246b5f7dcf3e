/** What a reader can do about something, with the commands in it to copy. */
import { commandWords } from '../command-name.js';
import { html, type Html } from './html.js';

/** How a command in a remedy begins. It ends where its clause does: at a comma, a semicolon, a bracket, the end of the line. */
const beginnings = [
  'sudo (?=(?:apt-get|sysctl|modprobe) )',
  'modprobe ',
  'kill -',
  'ulimit -',
  'sysctl -w ',
  'tc (?:qdisc|class|filter) ',
  `netlab (?=(?:${commandWords.join('|')})\\b)`,
];
const command = new RegExp(`(?<![\\w./-])((?:${beginnings.join('|')})[^,;()]*[^,;().\\s])`, 'u');

/** A paragraph for each line; nothing for an empty remedy. */
export function remedyLines(remedy: string): Html {
  const lines = remedy.split('\n').filter((line) => line.trim() !== '');
  return html`${lines.map(
    (line, index) =>
      html`<p class="todo">${index === 0 ? html`<span class="quiet">What to do:</span> ` : ''}${withCommands(line)}</p>`,
  )}`;
}

/** The commands that a remedy offers to copy. */
export const commandsIn = (remedy: string): readonly string[] =>
  remedy.split('\n').flatMap((line) => line.split(command).filter((_, index) => index % 2 === 1));

/** What is split off by a pattern in brackets stands at odd places. */
function withCommands(line: string): Html {
  return html`${line.split(command).map((part, index) => (index % 2 === 1 ? toCopy(part) : part))}`;
}

const toCopy = (text: string): Html =>
  html`<span class="to-copy"><code>${text}</code> <button class="copy scripted" type="button" hidden>Copy</button></span>`;
