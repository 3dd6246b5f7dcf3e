/**
 * npm run sample [-- NAME...]: measures every strategy, or those named, each on three hosts, and leaves the reports and a
 * picture of each network in reports/sample. The table of docs/measurements.md is made of them.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import type { Comparison } from '../src/result/comparison.js';
import { withPlainKernel } from './plain-kernel.js';
import { drawSamples, sampleFolder as folder } from './sample-pictures.js';

const file = join(folder, 'comparison.json');
const names = process.argv.slice(2);

rmSync(folder, { recursive: true, force: true });
const run = $({ nothrow: true, verbose: true });
const { exitCode } = await run`./netlab compare ${names} --hosts 3 --out ${folder}`;

const comparison = JSON.parse(readFileSync(file, 'utf8')) as Comparison;
const runs = comparison.runs.map(({ name, result }) => ({ name, result: withPlainKernel(result) }));
writeFileSync(file, `${JSON.stringify({ ...comparison, runs }, null, 2)}\n`);
await run`./netlab report ${file} --out ${folder} --format ctrf`.quiet();
drawSamples(comparison);
process.exitCode = exitCode ?? 3;
