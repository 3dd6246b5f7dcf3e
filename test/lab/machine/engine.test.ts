import { execFileSync } from 'node:child_process';
import test from 'ava';
import { engineOptions } from '#lab/sandbox/engine.js';

test('this engine takes the options', (t) => {
  const options = engineOptions();
  t.is(execFileSync(process.execPath, [...options, '--print', '6 * 7'], { encoding: 'utf8' }).trim(), '42');
});

const youngSpace = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

test('an engine that would refuse an option is not given it', (t) => {
  t.deepEqual(engineOptions('11.3.244.8-node.30'), [...youngSpace, '--interrupt-budget=1000000']);
  t.deepEqual(engineOptions('13.6.233.17-node.37'), youngSpace);
});
