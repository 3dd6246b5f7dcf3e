import { type Command, Option } from '../commander.js';
import { define } from '../define.js';
import { outputOf } from '../output.js';
import { planScenario } from '../plan-source.js';
import { addVariationOptions, type VariationFlags, variationOf } from '../variation-options.js';
import { oneWord } from '../word-list.js';
import type { Plan } from '../../plan/plan.js';
import type { Style } from '../../report/style.js';
import { writeText } from '../../report/output.js';

const formats = ['table', 'json', 'shell'] as const;
type Format = (typeof formats)[number];

export function planCommand(): Command {
  const command = define({
    name: 'plan',
    summary: 'show what would be built, as tables or a script',
    description: 'Shows everything that is decided before a network is built. Needs no root and builds nothing.',
    machine: 'json',
    examples: [
      ['netlab plan bridge-l2', 'the addresses, the MTU and the promises'],
      ['netlab plan bridge-l2 --format shell', 'the same network as a script of ip commands, to read or to run'],
      ['netlab plan ./my-cluster.yaml --json', 'the whole plan, with the state of each node, for a program'],
    ],
  });
  return addVariationOptions(command)
    .argument(
      '<SCENARIO>',
      'name of a scenario in ./scenarios or of netlab itself, or the path of a file; - is standard input',
    )
    .addOption(
      new Option('--format <FORMAT>', 'how to show it')
        .choices(formats)
        .argParser(oneWord('format', formats))
        .default('table'),
    )
    .action(async (scenario: string, options: VariationFlags & { readonly format: Format }) => {
      const { format, style } = outputOf(command);
      const { plan } = await planScenario(scenario, await variationOf(options));
      await writeText(process.stdout, await render(plan, format === 'json' ? 'json' : options.format, style));
    });
}

async function render(plan: Plan, format: Format, style: Style): Promise<string> {
  if (format === 'json') return `${JSON.stringify(plan, null, 2)}\n`;
  if (format === 'shell') return (await import('../../plan/render-shell.js')).renderShell(plan);
  return await renderTables(plan, style);
}

async function renderTables(plan: Plan, style: Style): Promise<string> {
  const [{ planTables }, { renderTable }, { paint }] = await Promise.all([
    import('../../plan/render-table.js'),
    import('../../report/table.js'),
    import('../../report/style.js'),
  ]);
  const blocks = planTables(plan).map(
    ({ title, columns, rows }) => `${paint(style, 'strong', title)}\n${renderTable(columns, rows, style)}\n`,
  );
  return blocks.join('\n');
}
