import type { AnalysisResult } from 'nano-emox';
import type { SaidTurn } from './conversation';
import { saveFile } from './save-file';

/** What a report is made from. */
export interface Report {
  readonly clipName: string;
  readonly result: AnalysisResult;
  readonly conversation: readonly SaidTurn[];
}

/** Offers the report as JSON. */
export function saveJson({ clipName, result, conversation }: Report): void {
  const document = { clip: clipName, ...result, conversation };
  saveFile(`${JSON.stringify(document, null, 2)}\n`, 'application/json', `${baseName(clipName)}.json`);
}

/**
 * Offers the report as one HTML file that needs nothing else: the answers as they stand on the page, its style, its pictures.
 * It holds no script, and forbids any.
 */
export function saveHtml(report: Report, sheet: HTMLElement): void {
  saveFile(htmlReport(report, sheet), 'text/html', `${baseName(report.clipName)}.html`);
}

/** The document of {@link saveHtml}. */
export function htmlReport({ clipName, result }: Report, sheet: HTMLElement): string {
  const page = document.implementation.createHTMLDocument(`${clipName}: how it comes across`);
  page.documentElement.lang = 'en';
  const meta = (attributes: Readonly<Record<string, string>>) => {
    const element = page.createElement('meta');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    page.head.prepend(element);
  };
  meta({ name: 'viewport', content: 'width=device-width, initial-scale=1' });
  meta({ name: 'color-scheme', content: 'light dark' });
  meta({
    'http-equiv': 'Content-Security-Policy',
    content: "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  });
  meta({ charset: 'utf-8' });
  const header = page.createElement('header');
  header.className = 'masthead';
  header.append(paragraph(page, 'wordmark', 'nano-emox'), paragraph(page, 'colophon', basisText(result)));
  const title = page.createElement('h1');
  title.textContent = clipName;
  const main = page.createElement('main');
  const answers = page.importNode(sheet, true);
  for (const control of answers.querySelectorAll('[data-report="no"]')) control.remove();
  main.append(title, answers);
  const footer = page.importNode(document.querySelector('footer') as HTMLElement, true);
  page.body.append(header, main, footer);
  // As text: the policy of this page, which the new document inherits, forbids style elements.
  const style = `<style>\n${styleText()}\n</style>`;
  return `<!doctype html>\n${page.documentElement.outerHTML.replace('</head>', () => `${style}</head>`)}\n`;
}

function basisText({ model, timingsMs }: AnalysisResult): string {
  const time = ((timingsMs.total ?? 0) / 1000).toFixed(1);
  return `Model ${model.preset} on ${model.device}, ${time} s, ${new Date().toISOString().slice(0, 10)}`;
}

/** Every rule of the page but its font files, which lie on the server. */
function styleText(): string {
  return [...document.styleSheets]
    .flatMap(({ cssRules }) => [...cssRules])
    .filter((rule) => !(rule instanceof CSSFontFaceRule))
    .map(({ cssText }) => cssText)
    .join('\n');
}

function paragraph(page: Document, className: string, text: string): HTMLElement {
  const element = page.createElement('p');
  element.className = className;
  element.textContent = text;
  return element;
}

/** A clip's name without its ending and without what a file system may dislike. */
function baseName(clipName: string): string {
  const stem = clipName.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N} ._-]/gu, '_');
  return `${stem === '' ? 'clip' : stem}-report`;
}
