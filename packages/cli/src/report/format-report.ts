import { basename } from 'node:path';
import type { AnalyzedClip } from '../analyze/analyzed-clip';
import { writeAnswers } from './answers-section';
import { writeEvidence, writeGate } from './evidence-section';
import { Page, type ReportStyle } from './page';
import { duration } from './quantities';
import { printable } from './wrap-text';

const stepNames: Readonly<Record<string, string>> = {
  load: 'load model',
  decode: 'read clip',
  fuse: 'fusion',
  ovMer: 'ov-mer',
};

/** The report of one clip in plain words; ends in a line end. */
export function formatReport(analyzed: AnalyzedClip, style: ReportStyle): string {
  const { path, result, loadMs } = analyzed;
  const { colors } = style;
  const page = new Page(style);
  const model = `model ${printable(result.model.preset)} on ${result.model.device}`;
  page.line(`${colors.bold(printable(basename(path)))}  ${colors.dim(model)}`);
  writeEvidence(page, analyzed);
  writeGate(page, result.gate, style);
  writeAnswers(page, result.tasks, style);
  const { total, ...steps } = result.timingsMs;
  const named = Object.entries({ load: loadMs, ...steps }).map(
    ([step, ms]) => `${stepNames[step] ?? step} ${duration(ms)}`,
  );
  page.heading('Time');
  page.row('total', duration(loadMs + (total ?? 0)));
  page.row('steps', named.join(', '), { paint: colors.dim });
  if (result.warnings.length > 0) {
    page.heading('Warnings');
    for (const { code, message } of result.warnings) page.row(code, printable(message), { paint: colors.yellow });
  }
  return page.toString();
}
