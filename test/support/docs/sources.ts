/** The short names by which strategies quote the texts that they come from. */
import { sources } from '#src/declaration/sources.js';

const page = '../explanations/sources.md';

/** The text with each short name as a link to what is behind it. */
export function withSources(text: string): string {
  return Object.keys(sources).reduce((linked, name) => linked.replaceAll(name, `[${name}](${page}#${name})`), text);
}

export function sourcesPage(): string {
  const parts = Object.entries(sources).map(
    ([name, { citation, url, about }]) =>
      `## ${name}\n\n${url === undefined ? citation : `[${citation}](${url})`}\n\n${about}\n`,
  );
  return `# The five texts

Around 2015 five texts described how to give every container an address of its own across hosts. netlab's first strategies
follow them, and quote them by short names where a promise comes from one of them.

${parts.join('\n')}`;
}
