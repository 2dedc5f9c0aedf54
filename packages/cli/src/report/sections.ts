import type { AnalysisResult } from 'nano-emox';
import type { AnalyzedClip } from '../analyze/analyzed-clip';
import { writeAnswers } from './answers-section';
import { writeEvidence, writeGate } from './evidence-section';
import type { ReportPage, ReportStyle } from './page';
import { duration } from './quantities';
import { stepNames } from './step-names';
import { writeTimeline } from './timeline-section';
import { printable } from './wrap-text';

/** Which model answered, and where it ran. */
export function modelText({ model }: AnalysisResult): string {
  return `model ${printable(model.preset)} on ${model.device}`;
}

/** All that is said about one clip, section by section. */
export function writeSections(page: ReportPage, analyzed: AnalyzedClip, style: Pick<ReportStyle, 'colors'>): void {
  const { result, loadMs } = analyzed;
  const { colors } = style;
  writeEvidence(page, analyzed);
  writeGate(page, result.gate);
  writeAnswers(page, result.tasks, style);
  writeTimeline(page, result.timeline, style);
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
}
