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
  return escapeHtml(plainText(String(insert)));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML or XML, in content and in quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

/**
 * Text with nothing in it that XML forbids or that changes how the text around it is read: control characters, halves of
 * surrogate pairs and marks of writing direction become U+FFFD.
 */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, (character) =>
    character === '\n' || character === '\t' ? ' ' : '\ufffd',
  );
}

/** {@link plainText} for a place where little fits. */
export function shortText(text: string, length = 60): string {
  const characters = Array.from(plainText(text));
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}

const reportStyles = `
:root { color-scheme: light dark; --text: #1b1d22; --faint: #5a606b; --line: #d5d9e0; --page: #ffffff; --panel: #f5f6f8; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e7e9ee; --faint: #a3aab6; --line: #3a404b; --page: #15171c; --panel: #1d2027; }
}
body { margin: 0 auto; padding: 1.5rem; max-width: 60rem; color: var(--text); background: var(--page);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1rem; }
h1, h2, h3, dd { overflow-wrap: anywhere; }
td, th { overflow-wrap: break-word; }
p.note, caption, dt { color: var(--faint); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 0.75rem; }
dl div { padding: 0.6rem 0.8rem; background: var(--panel); border-radius: 0.4rem; }
dd { margin: 0; font-size: 1.15rem; }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.3rem; }
th, td { padding: 0.25rem 0.9rem 0.25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
tr.best { font-weight: 600; }
img { max-width: 100%; height: auto; display: block; }
`;

/**
 * A whole page without script, that can load nothing from anywhere.
 * @param styles the style sheet @default that of the reports of training
 */
export function htmlPage(title: string, body: Markup, styles = reportStyles): string {
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(styles)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
  return page.text;
}

/** A table with a heading for each column and row. `best` tells rows to stand out. */
export function htmlTable(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  best: (row: number) => boolean = () => false,
): Markup {
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0">
<table>
<caption>${caption}</caption>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row, index) => html`<tr${new Markup(best(index) ? ' class="best"' : '')}>${row.map((cell, column) =>
    column === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`,
  )}</tr>
`,
)}</tbody>
</table>
</div>`;
}
