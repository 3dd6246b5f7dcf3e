import { readFileSync } from 'node:fs';

/** The package's own folder: this module is dist/src/run/version.js in it. */
export const packageDirectory = new URL('../../../', import.meta.url).pathname;

const { version } = JSON.parse(readFileSync(`${packageDirectory}package.json`, 'utf8')) as { version: string };

/** As in package.json. */
export const netlabVersion = version;
