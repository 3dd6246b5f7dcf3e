/** A command line of the README, of a guide or of the start page is one that netlab takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { buildProgram } from '#src/cli/program.js';
import { top } from './support/docs/markdown.js';

const folder = fileURLToPath(top);
const guides = readdirSync(`${folder}/docs/guides`).map((name) => `docs/guides/${name}`);

/** Indented blocks and fenced ones; the name of a lab or a file may be anything, and a pattern stands for two files. */
function commandLinesOf(page: string): readonly string[] {
  const lines = readFileSync(`${folder}/${page}`, 'utf8').split('\n');
  return lines.flatMap((line) => /^(?: {4})?(?:\$ )?\.\/netlab (?<words>.+)$/u.exec(line)?.groups?.['words'] ?? []);
}

/** Up to the comment, the pipe, or the redirection. */
function wordsOf(commandLine: string): readonly string[] {
  const [own = ''] = commandLine.split(/ +[#|>]| && /u);
  return own
    .split(/ +/u)
    .flatMap((word) => (word.includes('*') ? [word.replace('*', '1'), word.replace('*', '2')] : word));
}

async function parse(words: readonly string[]): Promise<void> {
  const program = await buildProgram(words[0]);
  for (const command of program.commands) command.action(() => undefined);
  await program.parseAsync([...words], { from: 'user' });
}

for (const page of ['README.md', 'docs/start.md', ...guides])
  test(`${page}: every command line can be given`, async (t) => {
    const refused: string[] = [];
    for (const line of commandLinesOf(page))
      await parse(wordsOf(line)).catch((error: unknown) => refused.push(`${line}: ${String(error)}`));
    t.deepEqual(refused, []);
  });

test('what cannot be given is found', async (t) => {
  await t.throwsAsync(parse(wordsOf('trend runs/*.json')), { message: /trend takes FILE and no more/u });
  await t.throwsAsync(parse(wordsOf('run bridge-l2 --onyl egress')), { message: /run has no option "--onyl"/u });
  t.deepEqual(wordsOf('gate --baseline b.json   # in CI'), ['gate', '--baseline', 'b.json']);
  t.true(commandLinesOf('docs/guides/benchmarks.md').length > 4);
});
