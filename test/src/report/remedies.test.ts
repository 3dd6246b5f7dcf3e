/** What netlab tells people to do, read from its sources: what it offers to copy is a command, and no prose after one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import ts from 'typescript';
import { commandsIn } from '#src/report/commands.js';

const top = fileURLToPath(new URL('../../../', import.meta.url));
/** What is called so holds remedies, or makes them. */
const named = /remed|^OR_ROOT$|^ANOTHER_PLACE$|^makeAnother$/iu;
/** Calls that are given one. */
const taking = /^(?:skipped|inconclusive|storing|storageError|textOf|silentError)$/u;

function isOfRemedy(node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined && !ts.isSourceFile(at); at = at.parent) {
    if (ts.isCallExpression(at) && taking.test(at.expression.getText())) return true;
    const name = 'name' in at ? (at.name as ts.Node | undefined) : undefined;
    if (name !== undefined && named.test(name.getText())) return true;
  }
  return false;
}

/** Each text of a remedy in a file, with what is filled in later as `VALUE`. */
function remediesOf(file: string): readonly string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (!isOfRemedy(node)) return ts.forEachChild(node, visit);
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node))
      texts.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('VALUE'));
    return ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return texts;
}

const remedies = ['src', 'lab'].flatMap((room) =>
  readdirSync(join(top, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => remediesOf(join(top, room, file))),
);

/** The command, then words that no sentence has: options, places to fill in, settings, files, and words of the tools. */
const program =
  /^(?:sudo )?(?:apt-get install|sysctl|modprobe|kill|ulimit|tc (?:qdisc|class|filter) del dev|netlab (?:--help|[a-z]+)) ?/u;
const word = /^(?:-.*|[A-Z]+|\S*[=./>|]\S*|\d+(?:\/\d+)?|root|tun|util-linux|tcpdump|part\d)$/u;
const isCommand = (text: string): boolean =>
  text
    .replace(program, '')
    .split(' ')
    .every((one) => one === '' || word.test(one));

test('what remedies offer to copy is a command from its beginning to its end', (t) => {
  const offered = [...new Set(remedies.flatMap(commandsIn))];
  t.deepEqual(
    offered.filter((one) => !isCommand(one)),
    [],
  );
  for (const one of ['ulimit -n NUMBER', 'sudo apt-get install util-linux', 'netlab ps', 'tc qdisc del dev LINK root'])
    t.true(offered.includes(one), one);
  // What was offered once.
  t.false(isCommand('ulimit -Hn tells the most'));
  t.false(isCommand('netlab ps shows'));
});
