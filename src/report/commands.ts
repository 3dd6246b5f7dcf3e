/** Commands inside of prose: what remedies and messages offer to copy. */
import { commandWords } from './command-name.js';

/** How a command begins, beside netlab's own. It ends where its clause does: at a comma, a semicolon, a bracket, the end of the line. */
const beginnings = [
  'sudo (?=(?:apt-get|sysctl|modprobe) )',
  'modprobe ',
  'kill -',
  'ulimit -',
  'sysctl -w ',
  'tc (?:qdisc|class|filter) ',
];

const ownWords = ['--help', 'help', ...commandWords].join('|');

function patternFor(command: string): RegExp {
  const literal = command.replaceAll(/[$()*+.?[\\\]^{|}]/gu, '\\$&');
  const all = [...beginnings, `${literal} (?=(?:${ownWords})\\b)`].join('|');
  return new RegExp(`(?<![\\w./-])((?:${all})[^,;()]*[^,;().\\s])`, 'u');
}

const asStored = patternFor('netlab');

/**
 * A line in parts, of which every second one is a command: the odd ones, counted from 0.
 * @param command how netlab is called in it
 */
export const atCommands = (line: string, command = 'netlab'): readonly string[] =>
  line.split(command === 'netlab' ? asStored : patternFor(command));

/** The commands that a text offers to copy. */
export const commandsIn = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => atCommands(line).filter((_, index) => index % 2 === 1));
