import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '#lab/programs.js';

const { version } = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')) as { version: string };

/** As in package.json. */
export const netlabVersion = version;
