/** The reference: scenario keys, commands, exit codes and results, out of what the program itself goes by. */
import { buildProgram } from '#src/cli/program.js';
import { exitCodeMeaning, exitCodes } from '#src/result/exit-code.js';
import { resultJsonSchema } from '#src/result/schema.js';
import { type JsonSchema, scenarioJsonSchema } from '#src/scenario/json-schema.js';
import { strategies } from '#src/strategy/index.js';
import { table } from './markdown.js';
import { keysBelow, typeWords } from './schema-words.js';

export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/reference/scenario.md', scenarioPage()],
    ['docs/reference/commands.md', await commandsPage()],
    ['docs/reference/exit-codes.md', exitCodesPage()],
    ['docs/reference/results.md', resultsPage()],
  ]);
}

const note = 'Generated from what the program goes by.';

function keyTable(schema: JsonSchema): string {
  const rows = keysBelow(schema).map(({ key, schema: one }) => [
    `\`${key}\``,
    typeWords(one),
    one['default'] === undefined ? '' : `\`${JSON.stringify(one['default'])}\``,
    typeof one['description'] === 'string' ? one['description'] : '',
  ]);
  return table(['key', 'type', 'default', 'meaning'], rows);
}

function scenarioPage(): string {
  const { strategy: _, ...properties } = scenarioJsonSchema(strategies.values()).properties ?? {};
  return `# Scenario files

${note} A scenario is YAML; editors complete and check it through the
[JSON Schema](../../scenarios/scenario.schema.json) (\`netlab schema scenario\`). What it leaves out is shown by
\`netlab plan\`. [Scenarios](../guides/scenarios.md) is the guide; \`strategy\` is a name, or a mapping of its name and the
parameters that stand on the page of [each strategy](../strategies/README.md).

${keyTable({ properties })}
`;
}

async function commandsPage(): Promise<string> {
  const program = await buildProgram(undefined);
  const help = program.commands
    .filter((command) => command.name() !== 'help')
    .map((command) => {
      let text = '';
      command.configureOutput({ writeOut: (part) => (text += part) });
      command.outputHelp();
      return `## ${command.name()}\n\n\`\`\`\n${text.trim()}\n\`\`\`\n`;
    });
  return `# Commands\n\n${note} The same text is printed by \`netlab COMMAND --help\`.\n\n${help.join('\n')}`;
}

function exitCodesPage(): string {
  const rows = Object.values(exitCodes).map((code) => [String(code), exitCodeMeaning(code)]);
  return `# Exit codes

${note} Where several hold, the first of 2, 3, 1, 4, 0 is taken.

${table(['code', 'meaning'], rows)}
`;
}

function resultsPage(): string {
  return `# Results

${note} \`netlab run --json\` prints one document; \`--out FOLDER\` keeps it beside the reports, and \`netlab report FILE\`
renders it again in any format. JSON Schemas: [of a run](../../reports/result.schema.json),
[of a comparison](../../reports/comparison.schema.json), [of a line of --events](../../reports/events.schema.json)
(whose numbers are rounded, see [events](events.md)), [of a benchmark](../../reports/bench.schema.json),
[of a difference between two](../../reports/bench-difference.schema.json). \`schemaVersion\` changes when a reader has to.

${keyTable(resultJsonSchema())}
`;
}
