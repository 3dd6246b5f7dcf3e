/** What is measured again is what was measured: every option is there, as a shell reads it. */
import test from 'ava';
import { benchAgain, promiseAgain, saveBeforeBench } from '#src/report/again.js';
import { asComparison } from '#src/report/comparison-model.js';
import { renderBenchPage } from '#src/report/charts/bench-page.js';
import { renderHtml } from '#src/report/html/page.js';
import { madeBench } from '../bench/results.js';
import { nextStep } from '#src/report/next-step.js';
import { kept, promise, run } from './fixtures.js';

test('a promise: the scenario as it was given and varied, strictness; of a running lab, that lab', async (t) => {
  const given = ['a b/mine.yaml', '--hosts', '3', '--containers', '1', '--set', 'cluster.underlay.mtu=9000'];
  const varied = run(kept.promises, { given, strict: true });
  t.is(
    promiseAgain(varied, 'path-mtu'),
    "netlab run 'a b/mine.yaml' --hosts 3 --containers 1 --set cluster.underlay.mtu=9000 --only path-mtu --strict",
  );
  t.is(promiseAgain(kept, 'egress'), 'netlab run bridge-l2 --only egress', 'of older ones');
  t.is(promiseAgain(run([], { lab: "my 'lab'" }), 'egress'), "netlab verify 'my '\\''lab'\\''' --only egress");
  const page = await renderHtml(asComparison(run(kept.promises, { lab: 'mine' })));
  t.regex(page, /<code>netlab verify mine --only path-mtu<\/code>/);
});

test('a benchmark: scenarios, cluster, measures, MTU passes and budget', (t) => {
  const made = madeBench();
  t.is(
    benchAgain(made),
    'netlab bench vxlan --measure tcp-1,rtt-idle --mtu native,equal --budget 60s',
    'of older ones',
  );
  const settings = {
    ...made.settings,
    instruments: [...made.settings.instruments, 'udp-loss' as const],
    scenarios: ['./a b.yaml', 'vxlan'],
    hosts: 3,
    containers: 1,
    set: ['name=$x'],
    pairs: 2,
  };
  const result = { ...made, settings, budgetMs: 1500 };
  t.is(
    benchAgain(result),
    "netlab bench './a b.yaml' vxlan --hosts 3 --containers 1 --set 'name=$x' --measure tcp-1,rtt-idle,udp-loss --mtu native,equal --pairs 2 --udp-rate 300000000 --budget 1500ms",
  );
  t.regex(
    renderBenchPage(result),
    /<code>netlab bench &#39;\.\/a b\.yaml&#39; vxlan --hosts 3 [^<]*<\/code> <button class="copy/,
  );
  const piped = { ...made, settings: { ...settings, scenarios: ['-', 'vxlan'] } };
  t.regex(benchAgain(piped), /^netlab bench scenario\.yaml vxlan --hosts 3 /);
  t.regex(renderBenchPage(piped), /which came through a pipe, as scenario\.yaml first\.<\/p><p class="command">/);
  const both = { ...made, settings: { ...settings, scenarios: ['-', '-'] } };
  t.regex(benchAgain(both), /^netlab bench scenario-1\.yaml scenario-2\.yaml /);
  t.regex(saveBeforeBench(both) ?? '', /as scenario-1\.yaml and scenario-2\.yaml first/);
  t.is(saveBeforeBench(made), undefined);
});

test('the next step gives every option again, with --strict added; a scenario that came through a pipe is saved first', (t) => {
  const unverified = [...kept.promises, { ...promise('names', 'promised', { verdict: 'skip' }) }];
  const options = ['--only', 'path-mtu,names', '--out', 'my reports', '--verbose'];
  const given = ['-', '--hosts', '3'];
  const all = "--only path-mtu,names --out 'my reports' --verbose --strict";
  t.deepEqual(nextStep(run(unverified, { lab: 'look', options })).commands, [`netlab verify look ${all}`]);
  const piped = nextStep(run(unverified, { options, given, scenario: 'mine' }));
  t.deepEqual(piped.commands, [`netlab run mine.yaml --hosts 3 ${all}`]);
  t.regex(piped.say, /^Save the scenario, which came through a pipe, as mine\.yaml first\. /);
  t.regex(
    nextStep(run(unverified, { given, scenario: '../$(x)' })).commands[0] ?? '',
    /^netlab run ____x_\.yaml --hosts 3/,
  );
  const named = nextStep(run(unverified, { options, given: ['a b.yaml'] }));
  t.deepEqual(named, { say: 'To let unverified promises count:', commands: [`netlab run 'a b.yaml' ${all}`] });
});
