/**
 * Options of Node.js for process 1 of a sandbox, which lives for seconds and shares few processors with the packets that it
 * sends. Room for young objects spares garbage collections; with twice as much a thousand containers take over 300 MB.
 * Compiling a function once more, for speed, only when it has been at work for long spares as much as the first thousand
 * probes cost; newer engines than that of Node.js 20 name this differently and refuse to start with an option that they do
 * not know.
 */
export function engineOptions(v8Version = process.versions.v8): readonly string[] {
  // In MiB; and in bytes of bytecode, of which the default is 132 KiB (src/flags/flag-definitions.h of V8).
  const youngSpace = ['--min-semi-space-size=16', '--max-semi-space-size=16'];
  return v8Version.startsWith('11.') ? [...youngSpace, '--interrupt-budget=1000000'] : youngSpace;
}
