/** Services in the shell script: those of one node may wait for those of another. */
import { spawnSync } from 'node:child_process';
import test from 'ava';
import { emptyNode, type NodeState, serviceFolder } from '#lab/state.js';
import { renderShell } from '#src/plan/render-shell.js';
import { plan } from './plans.js';

const throwAway = ['--user', '--map-root-user', '--mount', '--net'] as const;

/** Leaves its card, and waits for that of the other one. */
function swapping(own: string, other: string): NodeState {
  const card = (node: string) => `${serviceFolder(node, 'swap')}/card`;
  const script = `echo ${own} >${card(own)}; until [ -s ${card(other)} ]; do sleep 0.05; done; cat ${card(other)}`;
  const argv = ['timeout', '20', 'sh', '-c', script] as const;
  const service = { name: 'swap', argv, ready: { kind: 'done' }, readyTimeoutMs: 1, stopGraceMs: 1 } as const;
  return { ...emptyNode(own, 'outsider'), services: [service] };
}

const hasNamespaces = spawnSync('unshare', [...throwAway, 'true']).status === 0;
const inNamespaces = hasNamespaces ? test : test.skip;

inNamespaces('two nodes wait for each other, and the script for both', (t) => {
  const script = renderShell({ ...plan(), nodes: [swapping('a', 'b'), swapping('b', 'a')] });
  const run = (text: string) => {
    const argv = [...throwAway, 'sh', '-c', 'mount -t tmpfs tmpfs /run; exec sh', 'sh'];
    return spawnSync('unshare', argv, { input: `${text}\necho up`, encoding: 'utf8' });
  };
  const { status, stdout, stderr } = run(script);
  t.is(status, 0, stderr);
  t.deepEqual(stdout.trim().split('\n').toSorted(), ['a', 'b', 'up']);
  const broken = run(script.replace('cat /run/netlab/nodes/b/swap/card', 'false'));
  t.not(broken.status, 0);
  t.false(broken.stdout.includes('up'));
});
