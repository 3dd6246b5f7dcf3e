import { listLabs } from '#lab/registry.js';
import type { Plan } from '../../plan/plan.js';
import { writeText } from '../../report/output.js';
import { type Command, Option } from '../commander.js';
import { define } from '../define.js';
import { planScenario } from '../plan-source.js';
import type { Variation } from '../../scenario/variation.js';
import { oneWord } from '../word-list.js';
import { addVariationOptions, type VariationFlags, variationOf } from '../variation-options.js';

const formats = ['dot', 'mermaid', 'svg'] as const;
type Format = (typeof formats)[number];

export function graphCommand(): Command {
  const command = define({
    name: 'graph',
    summary: 'draw the network',
    description:
      'Draws hosts, bridges, containers and the wires between them. Above twelve hosts those that are alike are drawn as ' +
      'one. Builds nothing.',
    examples: [
      ['netlab graph bridge-l2 --format svg > network.svg', 'a picture for a browser'],
      ['netlab graph bridge-l2 --format mermaid', 'for a README on GitHub or GitLab'],
      ['netlab graph look | dot -Tpng > network.png', 'a running lab, through Graphviz'],
    ],
  });
  return addVariationOptions(command)
    .argument('<SCENARIO|LAB>', 'a running lab of that name, else a scenario; - is standard input')
    .addOption(
      new Option('--format <FORMAT>', 'how to draw it')
        .choices(formats)
        .argParser(oneWord('format', formats))
        .default('dot'),
    )
    .action(async (name: string, { format, ...flags }: VariationFlags & { readonly format: Format }) => {
      await writeText(process.stdout, await draw(await planOf(name, await variationOf(flags)), format));
    });
}

/** A variation is one of a scenario: a running lab is as it is. */
async function planOf(name: string, variation: Variation): Promise<Plan> {
  const isVaried = Object.keys(variation).length > 0;
  if (isVaried || !listLabs().some((lab) => lab.name === name && lab.state === 'up'))
    return (await planScenario(name, variation)).plan;
  const { describeLab } = await import('../../labs/inspect.js');
  return (await describeLab(name)).plan;
}

async function draw(plan: Plan, format: Format): Promise<string> {
  switch (format) {
    case 'dot':
      return (await import('../../graph/dot.js')).renderDot(plan);
    case 'mermaid':
      return (await import('../../graph/mermaid.js')).renderMermaid(plan);
    case 'svg':
      return (await import('../../graph/svg.js')).renderSvg(plan);
  }
}
