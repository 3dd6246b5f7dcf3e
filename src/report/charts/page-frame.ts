/** Sections with charts, in the frame that all pages have. */
import { framed } from '../html/frame.js';
import { html, type Html } from '../html/html.js';
import { chartStyle } from './chart-style.js';

export interface Section {
  /** Stays the same from one benchmark to the next, so that links to it do. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** A chart with what it says; undefined where there is no chart. */
export function chartSection(id: string, title: string, note: string, chart: Html | undefined): Section | undefined {
  return chart === undefined ? undefined : { id, title, body: html`<p class="hint">${note}</p>${chart}` };
}

export const sectionOf = ({ id, title, body }: Section): Html =>
  html`<section id="${id}"><h2>${title}</h2>${body}</section>
`;

/**
 * A whole document, ending in a newline.
 * @param command how the reader calls netlab
 */
export const chartPage = (title: string, netlabVersion: string, body: Html, command?: string): string =>
  framed({ title, netlabVersion, style: chartStyle, body, command });
