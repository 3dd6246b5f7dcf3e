/** What the command line asks for is done, or its failure told. */
import { guardBrokenPipe, writeText } from '../report/output.js';
import { isCommand } from './commands/index.js';
import { failureOf } from './failure.js';
import { buildProgram } from './program.js';
import { detectStyle } from './style.js';

const words = process.argv.slice(2);
const named = words.find((word) => !word.startsWith('-'));

function fail(error: unknown): void {
  const { text, exitCode } = failureOf(error, {
    verbose: words.includes('--verbose'),
    style: detectStyle(process.stderr, process.env),
  });
  process.stderr.write(text);
  process.exitCode = exitCode;
}

/** Whatever is under way when netlab itself fails ends with this process: see lab/sandbox.ts. */
function crash(error: unknown): void {
  fail(error);
  process.exit();
}

for (const stream of [process.stdout, process.stderr]) guardBrokenPipe(stream);
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

/** The way from a shell that completes: `netlab complete -- WORD...`, see completion.ts. */
async function answerShell(): Promise<void> {
  const { complete } = await import('./completion.js');
  await writeText(process.stdout, await complete(await buildProgram(undefined), words.slice(2)));
}

/**
 * `help` before the name of a promise or a strategy shows its page.
 * @returns whether there was one
 * @throws UsageError when the word names no command either
 */
async function showPage(): Promise<boolean> {
  const [first, topic] = words.filter((word) => !word.startsWith('-'));
  if (first !== 'help' || topic === undefined || isCommand(topic)) return false;
  const [{ pageText }, { demandPage }] = await Promise.all([import('../report/topic.js'), import('./help-topic.js')]);
  const style = detectStyle(process.stdout, process.env);
  const page = demandPage(topic);
  await writeText(process.stdout, pageText(topic, page, style));
  return true;
}

/** An unknown command stays one with `help` before it or `--help` behind it, where commander shows the general help. */
function argumentsOf(): readonly string[] {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const asked = first === 'help' ? second : first;
  if (asked === undefined) return words;
  if (!isCommand(asked)) return [asked];
  return first === 'help' ? [asked, '--help'] : words;
}

try {
  if (words[0] === 'complete' && words[1] === '--') await answerShell();
  else if (words[0] === '--set-up') await (await import('./machine-programs.js')).providePrograms(true);
  else if (!(await showPage())) await (await buildProgram(named)).parseAsync(argumentsOf(), { from: 'user' });
} catch (error) {
  fail(error);
}
