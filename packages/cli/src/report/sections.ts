import type { AnalysisResult } from 'nano-emox';
import type { AnalyzedClip } from '../analyze/analyzed-clip';
import type { AnalyzedText } from '../analyze/analyzed-text';
import { writeAnswers } from './answers-section';
import { writeEvidence, writeGate } from './evidence-section';
import type { ReportPage, ReportStyle } from './page';
import { duration } from './quantities';
import { stepNames } from './step-names';
import { writeTimeline } from './timeline-section';
import { printable } from './wrap-text';

/** Which model answered, and where it ran. */
export function modelText({ model }: Pick<AnalysisResult, 'model'>): string {
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
  writeTime(page, { load: loadMs, ...result.timingsMs }, style);
  if (result.warnings.length > 0) {
    page.heading('Warnings');
    for (const { code, message } of result.warnings) page.row(code, printable(message), { paint: colors.yellow });
  }
}

/** How long a text took to answer about, task by task. */
export function textTimings({ outcomes, loadMs }: AnalyzedText): Readonly<Record<string, number>> {
  const steps = Object.entries(outcomes).map(([task, { durationMs }]) => [task, durationMs] as const);
  const total = steps.reduce((sum, [, ms]) => sum + ms, 0);
  return { load: loadMs, ...Object.fromEntries(steps), total };
}

/** All that is said about one text. */
export function writeTextSections(page: ReportPage, analyzed: AnalyzedText, style: Pick<ReportStyle, 'colors'>): void {
  page.heading('What the answers rest on');
  page.row('words', `“${printable(analyzed.text)}”`);
  writeAnswers(page, analyzed.outcomes, style);
  writeTime(page, textTimings(analyzed), style);
}

/** @param timings milliseconds by step; `total` does not count `load` */
function writeTime(
  page: ReportPage,
  { total = 0, load = 0, ...steps }: Readonly<Record<string, number | undefined>>,
  { colors }: Pick<ReportStyle, 'colors'>,
): void {
  const named = Object.entries({ load, ...steps }).map(
    ([step, ms]) => `${stepNames[step] ?? step} ${duration(ms ?? 0)}`,
  );
  page.heading('Time');
  page.row('total', duration(load + total));
  page.row('steps', named.join(', '), { paint: colors.dim });
}
