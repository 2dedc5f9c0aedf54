import { basename } from 'node:path';
import { html, Markup } from '@nano-emox/p2e/html';
import type { AnalyzedClip } from '../analyze/analyzed-clip';
import { colorsFor } from '../terminal';
import { attentionSection } from './attention-section';
import type { ClipFailureDocument } from './json-document';
import { INDENT, type ReportPage, type RowStyle } from './page';
import { percent } from './quantities';
import { reportPage } from './report-page';
import { modelText, writeSections } from './sections';

/** Text stays as it is: a page has its own colours. */
const plain = { colors: colorsFor({ isTTY: false }) };

/** Collects the sections of a report as HTML. */
class HtmlPage implements ReportPage {
  private readonly sections: { heading: Markup; rows: Markup[] }[] = [];

  heading(text: string, note = ''): void {
    this.sections.push({
      heading: html`<h3>${text}${note === '' ? '' : html` <small>${note}</small>`}</h3>`,
      rows: [],
    });
  }

  row(label: string, text: string, { note = '', indent = INDENT }: RowStyle = {}): void {
    const isPart = new Markup(indent > INDENT ? ' class="part"' : '');
    this.add(html`<tr${isPart}><th scope="row">${label}</th><td>${text}</td><td>${note}</td></tr>`);
  }

  share(label: string, share: number): void {
    const meter = html`<div class="bar" aria-hidden="true"><i style="width:${(share * 100).toFixed(1)}%"></i></div>`;
    this.add(html`<tr><th scope="row">${label}</th><td>${meter}</td><td>${percent(share)}</td></tr>`);
  }

  get markup(): Markup {
    return html`${this.sections.map(({ heading, rows }) => html`${heading}\n<table>\n${rows}</table>\n`)}`;
  }

  private add(row: Markup): void {
    this.sections.at(-1)?.rows.push(html`${row}\n`);
  }
}

/** One page about one or several clips that needs nothing else. */
export function htmlReport(clips: readonly (AnalyzedClip | ClipFailureDocument)[]): string {
  const names = clips.map((clip) => basename('path' in clip ? clip.path : clip.clip));
  const title = names.length === 1 ? (names[0] as string) : `${names.length} clips`;
  const contents = html`<nav aria-label="Clips"><ol>
${names.map((name, index) => html`<li><a href="#clip-${index + 1}">${name}</a></li>\n`)}</ol></nav>`;
  return reportPage(
    title,
    html`<h1>What comes across</h1>
${names.length > 1 ? contents : undefined}
${clips.map((clip, index) => clipSection(clip, index + 1, names[index] as string))}`,
  );
}

function clipSection(clip: AnalyzedClip | ClipFailureDocument, number: number, name: string): Markup {
  const body = 'path' in clip ? answeredClip(clip) : failedClip(clip);
  return html`<section id="clip-${number}" aria-label="${name}">\n<h2>${name}</h2>\n${body}</section>\n`;
}

function answeredClip(analyzed: AnalyzedClip): Markup {
  const page = new HtmlPage();
  writeSections(page, analyzed, plain);
  return html`<p class="faint">${modelText(analyzed.result)}</p>\n${filmStrip(analyzed)}\n${page.markup}${analyzed.attention && attentionSection(analyzed.attention)}`;
}

function failedClip({ error: { code, message, hint } }: ClipFailureDocument): Markup {
  return html`<p class="failed"><strong>${code}</strong> ${message}</p>\n<p>${hint}</p>\n`;
}

/** What the model saw, in the shape it had before it was squashed to a square. */
function filmStrip({ pictures, result }: AnalyzedClip): Markup | undefined {
  const { video } = result.evidence;
  if (!pictures || !video) return undefined;
  const shape = `aspect-ratio:${video.width}/${video.height}`;
  const figures = pictures.map((address, index) => {
    const time = `${(video.timesSeconds[index] ?? 0).toFixed(1)} s`;
    return html`<figure><img src="${address}" style="${shape}" alt="Frame at ${time}"><figcaption>${time}</figcaption></figure>`;
  });
  return html`<div class="strip">${figures}</div>`;
}
