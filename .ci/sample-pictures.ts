import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { svgOf } from '../src/graph/svg.js';
import type { Comparison } from '../src/result/comparison.js';

export const sampleFolder = 'reports/sample';

/** A picture of each network of the comparison, beside its reports. */
export function drawSamples({ runs }: Comparison): void {
  for (const { name, result } of runs)
    if (result.design !== undefined) writeFileSync(join(sampleFolder, `${name}.svg`), svgOf(result.design.topology));
}
