/** Every command by its name, in the order of the help; loaded when it is needed. */
import type { Command } from '../commander.js';

interface Entry {
  readonly group: string;
  readonly load: () => Promise<Command>;
}

const prove = 'Prove a network:';
const fast = 'Measure how fast it is:';
const labs = 'Look around in a running lab:';
const more = 'More:';

const commands: ReadonlyMap<string, Entry> = new Map([
  ['run', { group: prove, load: async () => (await import('./run.js')).runCommand() }],
  ['compare', { group: prove, load: async () => (await import('./compare.js')).compareCommand() }],
  ['merge', { group: prove, load: async () => (await import('./merge.js')).mergeCommand() }],
  ['plan', { group: prove, load: async () => (await import('./plan.js')).planCommand() }],
  ['graph', { group: prove, load: async () => (await import('./graph.js')).graphCommand() }],
  ['report', { group: prove, load: async () => (await import('./report.js')).reportCommand() }],
  ['init', { group: prove, load: async () => (await import('./init.js')).initCommand() }],
  ['bench', { group: fast, load: async () => (await import('./bench.js')).benchCommand() }],
  ['gate', { group: fast, load: async () => (await import('./gate.js')).gateCommand() }],
  ['diff', { group: fast, load: async () => (await import('./diff.js')).diffCommand() }],
  ['trend', { group: fast, load: async () => (await import('./trend.js')).trendCommand() }],
  ['up', { group: labs, load: async () => (await import('./up.js')).upCommand() }],
  ['verify', { group: labs, load: async () => (await import('./verify.js')).verifyCommand() }],
  ['exec', { group: labs, load: async () => (await import('./exec.js')).execCommand() }],
  ['break', { group: labs, load: async () => (await import('./break.js')).breakCommand() }],
  ['mend', { group: labs, load: async () => (await import('./mend.js')).mendCommand() }],
  ['shell', { group: labs, load: async () => (await import('./shell.js')).shellCommand() }],
  ['capture', { group: labs, load: async () => (await import('./capture.js')).captureCommand() }],
  ['inspect', { group: labs, load: async () => (await import('./inspect.js')).inspectCommand() }],
  ['ps', { group: labs, load: async () => (await import('./ps.js')).psCommand() }],
  ['down', { group: labs, load: async () => (await import('./down.js')).downCommand() }],
  ['doctor', { group: more, load: async () => (await import('./doctor.js')).doctorCommand() }],
  ['schema', { group: more, load: async () => (await import('./schema.js')).schemaCommand() }],
  ['completion', { group: more, load: async () => (await import('./completion.js')).completionCommand() }],
]);

export const isCommand = (word: string): boolean => commands.has(word);

/** Commands whose definition is not enough: they speak of all the others. */
const needAll: readonly string[] = ['completion'];

/**
 * The commands that a command line needs: the one that it names, or all, for the help, for completion and to say what
 * was probably meant.
 */
export async function loadCommands(named: string | undefined): Promise<readonly Command[]> {
  const only = needAll.includes(named ?? '') ? undefined : commands.get(named ?? '');
  const entries = only === undefined ? [...commands.values()] : [only];
  return await Promise.all(entries.map(async ({ group, load }) => (await load()).helpGroup(group)));
}
