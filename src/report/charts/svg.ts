/** SVG as strings in which nothing from elsewhere is markup. Presentation by classes only: the page's style says how. */
import { printable } from '../style.js';

/** Markup that this folder has made. */
export class Svg {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Content = Svg | string | readonly Content[];
type Attributes = Readonly<Record<string, string | number | undefined>>;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => printable(text).replaceAll(/[&<>"]/gu, (one) => entities[one] ?? one);

function markupOf(content: Content): string {
  if (content instanceof Svg) return content.markup;
  return typeof content === 'string' ? escape(content) : content.map(markupOf).join('');
}

/** A tenth of a pixel is as fine as anybody sees. */
const value = (given: string | number): string =>
  typeof given === 'number' ? String(Number(given.toFixed(1))) : escape(given);

/** `element('text', { x: 3 }, 'name')`; attributes that are undefined are left out. */
export function element(name: string, attributes: Attributes, ...children: readonly Content[]): Svg {
  const given = Object.entries(attributes).flatMap(([key, one]) =>
    one === undefined ? [] : [` ${key}="${value(one)}"`],
  );
  return new Svg(`<${name}${given.join('')}>${markupOf(children)}</${name}>`);
}

/** What is shown when the pointer rests on a mark, without any script. */
export const tooltip = (text: string): Svg => element('title', {}, text);

/** @param label what the picture shows, for those who do not see it */
export function picture(width: number, height: number, label: string, ...children: readonly Content[]): string {
  return element(
    'svg',
    {
      class: 'chart',
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': label,
    },
    ...children,
  ).markup;
}
