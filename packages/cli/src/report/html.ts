import { printable } from './wrap-text';

/** HTML that is safe to insert as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

type Insert = string | number | Markup | undefined | readonly Insert[];

/** Template of HTML: inserted text is escaped, inserted {@link Markup} is not, lists are joined, undefined is nothing. */
export function html(parts: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + render(inserts[index - 1]) + part));
}

function render(insert: Insert): string {
  if (insert === undefined) return '';
  if (insert instanceof Markup) return insert.text;
  if (typeof insert === 'object') return insert.map(render).join('');
  return escapeHtml(printable(String(insert)));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] as string);
