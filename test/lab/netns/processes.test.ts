/** Which processes count as the lab's: what netlab has started to look or to change something is none. */
import test from 'ava';
import { listProcesses } from '#lab/netns/processes.js';
import { runTool, spawnIn, toolGroups } from '#lab/process.js';

test.serial('a service is listed, a tool that netlab waits for is not, nor what it has started', async (t) => {
  const service = await spawnIn(undefined, ['sleep', '60.25']);
  const tool = runTool(['sh', '-c', 'sleep 60.75 & wait'], { timeoutMs: 60_000 }).catch(() => undefined);
  while (toolGroups.size === 0) await new Promise(setImmediate);
  const [group = 0] = toolGroups;
  try {
    const commands = listProcesses([]).map(({ command }) => command);
    t.true(commands.includes('sleep 60.25'));
    t.false(
      commands.some((command) => command.includes('60.75')),
      commands.join('\n'),
    );
  } finally {
    service.kill('SIGKILL');
    process.kill(-group, 'SIGKILL');
  }
  await tool;
  t.is(toolGroups.size, 0);
});
