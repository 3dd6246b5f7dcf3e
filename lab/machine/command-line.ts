/** Words for command lines and for how a process ended. */

/** A program and its arguments. They never reach a shell. */
export type Argv = readonly [string, ...string[]];

/** How a process ended. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals };

/** `ended with exit code 2`, `was ended by SIGSEGV` */
export function describeExit(exit: Exit): string {
  return exit.kind === 'exited' ? `ended with exit code ${exit.code}` : `was ended by ${exit.signal}`;
}

/** A command line for people: a word with anything unusual in it is quoted as JSON, so that newlines stay visible. */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
