/** Every command by its name, loaded when it is needed. */
import type { Command } from '../commander.js';

interface Entry {
  readonly group: string;
  readonly load: () => Promise<Command>;
}

const prove = 'Prove a network:';

const commands: ReadonlyMap<string, Entry> = new Map([
  ['run', { group: prove, load: async () => (await import('./run.js')).runCommand() }],
  ['plan', { group: prove, load: async () => (await import('./plan.js')).planCommand() }],
]);

/**
 * The commands that a command line needs: the one that it names, or all, for the help, for completion and to say what
 * was probably meant.
 */
export async function loadCommands(named: string | undefined): Promise<readonly Command[]> {
  const only = commands.get(named ?? '');
  const entries = only === undefined ? [...commands.values()] : [only];
  return await Promise.all(entries.map(async ({ group, load }) => (await load()).helpGroup(group)));
}
