/** Places in the page by what they are about, so that a link to one stays right when others come or go. */

/** Letters, digits and a few signs stay; what else a name holds becomes its number, so that no two names have one id. */
const wordOf = (name: string): string =>
  name.replaceAll(/[^\w.@-]/gu, (character) => `~${(character.codePointAt(0) ?? 0).toString(16)}`);

/** All about a run. */
export const runId = (name: string): string => `run-${wordOf(name)}`;

/** What a promise means: `about-path-mtu`. */
export const aboutId = (promise: string): string => `about-${promise}`;

/** What a cell opens: `why-vxlan-path-mtu`. */
export const whyId = (run: string, promise: string): string => `why-${wordOf(run)}-${promise}`;
