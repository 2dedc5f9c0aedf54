import type { AnalysisResult, EmotionMoment } from 'nano-emox';
import type { ReportPage, ReportStyle } from './page';
import { percent } from './quantities';
import { printable } from './wrap-text';

/** Classes that are named behind the likeliest one. */
const NAMED_RIVALS = 2;

/** The emotion of each moment of the clip, a line each, where it was asked for. */
export function writeTimeline(
  page: ReportPage,
  timeline: AnalysisResult['timeline'],
  { colors }: Pick<ReportStyle, 'colors'>,
): void {
  if (!timeline) return;
  page.heading('The emotion along the clip', 'probability');
  for (const moment of timeline) {
    const { emotion, probabilities } = moment;
    const note = percent(probabilities[emotion] ?? 0);
    page.row(timeText(moment), printable(`${emotion}${rivalText(moment)}`), { note, paint: colors.bold });
  }
}

const timeText = ({ startSeconds, endSeconds }: EmotionMoment) =>
  `${startSeconds.toFixed(1)}–${endSeconds.toFixed(1)} s`;

function rivalText({ emotion, probabilities, frame, faceFound }: EmotionMoment): string {
  const rivals = Object.entries(probabilities)
    .filter(([label]) => label !== emotion)
    .sort(([, a], [, b]) => b - a)
    .slice(0, NAMED_RIVALS)
    .map(([label, share]) => `${label} ${percent(share)}`);
  const named = rivals.length > 0 ? `, then ${rivals.join(', ')}` : '';
  return `${named}${frame !== undefined && !faceFound ? ' (no face)' : ''}`;
}
