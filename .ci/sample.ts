/**
 * npm run sample [-- NAME...]: measures every strategy, or those named, each on three hosts, and leaves the reports and a
 * picture of each network in reports/sample. The table of docs/measurements.md is made of them.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { svgOf } from '../src/graph/svg.js';
import type { Comparison } from '../src/result/comparison.js';
import { withPlainKernel } from './plain-kernel.js';

const folder = 'reports/sample';
const file = join(folder, 'comparison.json');
const names = process.argv.slice(2);

rmSync(folder, { recursive: true, force: true });
const run = $({ nothrow: true, verbose: true });
const { exitCode } = await run`./netlab compare ${names} --hosts 3 --out ${folder}`;

const comparison = JSON.parse(readFileSync(file, 'utf8')) as Comparison;
const runs = comparison.runs.map(({ name, result }) => ({ name, result: withPlainKernel(result) }));
writeFileSync(file, `${JSON.stringify({ ...comparison, runs }, null, 2)}\n`);
await run`./netlab report ${file} --out ${folder} --format ctrf`.quiet();
for (const { name, result } of comparison.runs)
  if (result.design !== undefined) writeFileSync(join(folder, `${name}.svg`), await svgOf(result.design.topology));
process.exitCode = exitCode ?? 3;
