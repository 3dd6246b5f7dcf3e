/** HTML in which nothing from elsewhere is markup: a template escapes whatever it is given that is not HTML already. */
import { printable } from '../style.js';

/** Text that is HTML. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold: HTML as it is, all else as text; nothing for undefined. */
export type Content = Html | string | number | undefined | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(textOf).join('');
  return printable(String(content)).replaceAll(/[&<>"']/gu, (character) => entities[character] ?? character);
}

/** A tagged template: `` html`<td>${name}</td>` ``. Values stand in text or in quoted attributes, nowhere else. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.map((string, index) => string + textOf(values[index])).join(''));
}

/** Markup that netlab itself has made, such as the picture of a network. */
export const trusted = (markup: string): Html => new Html(markup);
