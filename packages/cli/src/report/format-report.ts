import { basename } from 'node:path';
import type { AnalyzedClip } from '../analyze/analyzed-clip';
import type { AnalyzedText } from '../analyze/analyzed-text';
import { Page, type ReportStyle } from './page';
import { modelText, writeSections, writeTextSections } from './sections';
import { printable } from './wrap-text';

/** The report of one clip in plain words; ends in a line end. */
export function formatReport(analyzed: AnalyzedClip, style: ReportStyle): string {
  const { path, result } = analyzed;
  const { colors } = style;
  const page = new Page(style);
  page.line(`${colors.bold(printable(basename(path)))}  ${colors.dim(modelText(result))}`);
  writeSections(page, analyzed, style);
  return page.toString();
}

/** The report of one text; ends in a line end. */
export function formatTextReport(analyzed: AnalyzedText, style: ReportStyle): string {
  const { id, line } = analyzed;
  const { colors } = style;
  const name = id === undefined ? `text${line === undefined ? '' : ` of line ${line}`}` : printable(`${id}`);
  const page = new Page(style);
  page.line(`${colors.bold(name)}  ${colors.dim(modelText(analyzed))}`);
  writeTextSections(page, analyzed, style);
  return page.toString();
}
