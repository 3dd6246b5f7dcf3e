#!/usr/bin/env node
/** The command netlab. Loading it takes a while, and meanwhile a signal must not end a run without a word. */
import { holdSignals } from './signals.js';

/** As result/exit-code.ts has it, without loading that. */
const INTERRUPTED = 130;
/** They listen for signals later, and report what there is. */
const listening: readonly string[] = ['run', 'compare', 'verify', 'up'];

const named = process.argv.slice(2).find((word) => !word.startsWith('-'));
if (named !== undefined && listening.includes(named)) holdSignals(INTERRUPTED);

await import('./command-line.js');
