/** The quality gate: every machine that reads the code, side by side, with one line for each. */
import { cpus } from 'node:os';
import { $ } from 'zx';
import { readSources, violations } from './architecture.js';

interface Outcome {
  readonly ok: boolean;
  /** Shown when the gate fails. */
  readonly output: string;
}

interface Gate {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

const quiet = $({ nothrow: true, quiet: true, preferLocal: true });

/** A gate that is a program: it passes when the program exits with 0. */
const program = (name: string, ...argv: readonly string[]): Gate => ({
  name,
  run: async () => {
    const { exitCode, stdall } = await quiet`${argv}`;
    return { ok: exitCode === 0, output: stdall };
  },
});

const architecture: Gate = {
  name: 'import direction',
  run: async () => {
    const found = violations(readSources(process.cwd()));
    return { ok: found.length === 0, output: found.join('\n') };
  },
};

/** The slow ones first, so that the quick ones fill the gaps. */
const gates: readonly Gate[] = [
  program('types', 'tsc', '--noEmit'),
  program('package', 'bash', '-c', 'tsc --project tsconfig.build.json && publint --strict'),
  program('dead code', 'knip', '--tsConfig', 'tsconfig.build.json'),
  program('lint', 'oxlint', '--format', 'unix'),
  program('format', 'biome', 'format', '--reporter', 'summary', '.'),
  architecture,
];

async function report({ name, run }: Gate): Promise<boolean> {
  const started = performance.now();
  const { ok, output } = await run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${seconds} s  ${name}`);
  if (!ok) console.log(output.trim().replaceAll(/^/gm, '  '));
  return ok;
}

/** Takes gates from the list until none is left; several of these run side by side. */
async function work(waiting: Gate[]): Promise<readonly boolean[]> {
  const results: boolean[] = [];
  for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) results.push(await report(gate));
  return results;
}

const waiting = [...gates];
const workers = Array.from({ length: Math.max(cpus().length, 2) }, () => work(waiting));
const results = (await Promise.all(workers)).flat();
process.exitCode = results.every(Boolean) ? 0 : 1;
