import { basename } from 'node:path';
import type { AnalyzedClip } from '../analyze/analyzed-clip';
import { Page, type ReportStyle } from './page';
import { modelText, writeSections } from './sections';
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
