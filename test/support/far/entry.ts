import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
/** Beside netlab's own programs, which find each other there. */
const outfile = fileURLToPath(new URL(`../../../dist/bin/far-${process.pid}.js`, import.meta.url));

/**
 * Makes one file of main.ts, as of netlab's own programs: what compiles TypeScript at its start leaves a process behind, which
 * would be found in the lab.
 * @param use gets its path, until it settles
 */
export async function withFarEntry<T>(use: (entry: string) => Promise<T>): Promise<T> {
  await build({
    entryPoints: [main],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['koffi'],
    banner: {
      js: "import { createRequire as netlabRequire } from 'node:module'; const require = netlabRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  try {
    return await use(outfile);
  } finally {
    rmSync(outfile, { force: true });
  }
}
