import { writeText } from '../../report/output.js';
import { Argument, type Command } from '../commander.js';
import { define } from '../define.js';
import { oneWord } from '../word-list.js';

const documents = ['scenario', 'result', 'comparison', 'bench', 'bench-difference', 'events'] as const;
type Document = (typeof documents)[number];

export function schemaCommand(): Command {
  const command = define({
    name: 'schema',
    summary: 'print the JSON Schema of scenarios, results or events',
    description:
      'Prints a JSON Schema (draft 2020-12): of scenario files, with which editors complete and check them, of the ' +
      'result document that run and verify print with --json, of those of compare, of bench, and of gate and diff, ' +
      'or of a line of --events.',
    examples: [
      [
        'netlab schema scenario > scenarios/scenario.schema.json',
        'for editors: see the first line of what netlab init writes',
      ],
      ['netlab schema result', 'what is in the output of netlab run --json'],
    ],
  });
  return command
    .addArgument(
      new Argument('[DOCUMENT]', 'of what')
        .choices(documents)
        .argParser(oneWord('schema of', documents))
        .default('scenario'),
    )
    .action(async (document: Document) => {
      await writeText(process.stdout, `${JSON.stringify(await schemaOf(document), null, 2)}\n`);
    });
}

async function schemaOf(document: Document): Promise<unknown> {
  if (document === 'comparison') return (await import('../../result/comparison-schema.js')).comparisonJsonSchema();
  if (document === 'bench') return (await import('../../result/bench-schema.js')).benchJsonSchema();
  if (document === 'bench-difference')
    return (await import('../../result/bench-schema.js')).benchDifferenceJsonSchema();
  if (document === 'events') return (await import('../../result/event-schema.js')).eventJsonSchema();
  if (document === 'result') return (await import('../../result/schema.js')).resultJsonSchema();
  const [{ scenarioJsonSchema }, { strategies }] = await Promise.all([
    import('../../scenario/json-schema.js'),
    import('../../strategy/index.js'),
  ]);
  return scenarioJsonSchema(strategies.values());
}
