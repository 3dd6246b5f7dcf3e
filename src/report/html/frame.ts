/** What every page of netlab has: one file, nothing from anywhere else, and readable without its small script. */
import { createHash } from 'node:crypto';
import { asCalled } from '../command-name.js';
import { html, type Html, trusted } from './html.js';
import { pageStyle } from './style.js';
import { pageScript, scriptElement } from './tools.js';

export interface Framed {
  readonly title: string;
  readonly netlabVersion: string;
  /** Rules beside those that all pages have. */
  readonly style?: string;
  readonly body: Html;
  /** How the reader calls netlab. */
  readonly command?: string | undefined;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Only this very style sheet and this very script count, and nothing can be loaded, sent or framed in (CSP 3). */
const policy = (style: string): string =>
  `default-src 'none'; style-src 'sha256-${digest(style)}'; script-src 'sha256-${digest(pageScript)}'; base-uri 'none'; form-action 'none'`;

/** A whole document, ending in a newline. */
export function framed({ title, netlabVersion, style = '', body, command = 'netlab' }: Framed): string {
  const all = pageStyle + style;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(all)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="netlab ${netlabVersion}">
<title>${title}</title>
<style>${trusted(all)}</style>
</head>
<body>
${trusted(commandsAsCalled(body.text, command))}
${scriptElement}
</body>
</html>
`.text;
}

/** Command lines stand in code and in drawings; there they are made what the reader can copy. */
function commandsAsCalled(markup: string, command: string): string {
  const { text } = html`${command}`;
  return markup.replaceAll(/<(?:code|pre)>[^<]*/gu, (commands) => asCalled(commands, text));
}

/** Links to the sections of a page: id and name of each. */
export const sectionLinks = (sections: readonly (readonly [id: string, name: string])[]): Html =>
  html`<nav aria-label="Sections">${sections.map(([id, name]) => html`<a href="#${id}">${name}</a> `)}</nav>`;

/** A line of facts, each of which stays whole. */
export const factsLine = (facts: readonly string[]): Html =>
  html`<p class="facts">${facts.map((fact, index) => html`${index === 0 ? '' : ' · '}<span>${fact}</span>`)}</p>`;
