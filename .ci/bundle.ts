/** The second half of `npm run build`: what tsc has written, as one file per program, with what they share beside them. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const outdir = 'dist/bin';

const { metafile } = await build({
  entryPoints: {
    netlab: 'dist/src/cli/main.js',
    inside: 'dist/src/inside/main.js',
    capture: 'dist/src/labs/capture-entry.js',
    probe: 'dist/lab/capabilities/probe-process.js',
    'vxlan-agent': 'dist/lab/agents/vxlan-agent.js',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  minifyWhitespace: true,
  minifySyntax: true,
  // A native addon.
  external: ['koffi'],
  // Packages in CommonJS ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as netlabRequire } from 'node:module'; const require = netlabRequire(import.meta.url);",
  },
  logLevel: 'warning',
  metafile: true,
});

// Names of shared parts change with their content: old ones would pile up. Only now, so that netlab is there all the time.
for (const name of readdirSync(outdir)) {
  const file = join(outdir, name);
  if (metafile.outputs[file] === undefined) rmSync(file, { recursive: true });
}
