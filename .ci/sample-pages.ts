/** npm run sample:pages: the reports of reports/sample again from the stored result, without measuring. */
import { readFileSync } from 'node:fs';
import { $ } from 'zx';
import type { Comparison } from '../src/result/comparison.js';
import { drawSamples, sampleFolder } from './sample-pictures.js';

const file = `${sampleFolder}/comparison.json`;
const run = $({ verbose: true });
await run`./netlab report ${file} --out ${sampleFolder} --format ctrf`.quiet();
drawSamples(JSON.parse(readFileSync(file, 'utf8')) as Comparison);
