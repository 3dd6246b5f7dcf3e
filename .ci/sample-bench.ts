/**
 * npm run sample:bench [-- --budget 6m]: routable, overlay and encrypted networks on three hosts, measured in every way, as
 * the page of charts that docs/measurements.md links to. On a machine that has nothing else to do.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { $ } from 'zx';
import { renderBenchPage } from '../src/report/charts/bench-page.js';
import type { BenchResult } from '../src/result/bench.js';
import { withPlainKernel } from './plain-kernel.js';

const folder = 'reports/sample-bench';
const options = ['--hosts', '3', '--measure', 'all', '--budget', '6m', ...process.argv.slice(2)];

const run = $({ nothrow: true, stdio: ['ignore', 'pipe', 'inherit'] });
const { stdout, exitCode } = await run`./netlab bench routable-lan vxlan encrypted-overlay ${options} --json`;
// 4: where nothing can be judged for noise, the page says so, and is a sample all the same.
if (exitCode !== 0 && exitCode !== 4) process.exit(exitCode ?? 3);
const result = JSON.parse(stdout) as BenchResult;
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/bench.html`, renderBenchPage(withPlainKernel(result)));
