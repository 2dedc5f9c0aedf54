import { answerStop, controlTexts } from '../prompt/markup';
import type { TextSpan } from './outcome';

/**
 * Which stop text ends an answer: the `first` one, or the `last` one as in the released code, which drops a whole answer
 * when the only `###` stands before it.
 */
export type StopRule = 'first' | 'last';

const assistantMarker = 'Assistant:';

/**
 * Where the answer stands in generated text: after the last `Assistant:`, before the stop text and any control token,
 * without space at its ends.
 * @see Nano-EmoX released code, inference post-processing
 */
export function answerSpan(text: string, stopRule: StopRule = 'first'): TextSpan {
  let end = text.length;
  if (stopRule === 'last' && text.includes(answerStop)) end = text.lastIndexOf(answerStop);

  const marker = text.slice(0, end).lastIndexOf(assistantMarker);
  let start = marker < 0 ? 0 : marker + assistantMarker.length;
  start = skipLeading(text, start, end);

  if (stopRule === 'first') end = firstIndex(text, [answerStop], start, end);
  end = firstIndex(text, controlTexts, start, end);
  while (end > start && /\s/.test(text[end - 1] as string)) end--;
  return { start, end };
}

/** Skips space and control tokens, such as a decoded beginning-of-text token, from `start`. */
function skipLeading(text: string, start: number, end: number): number {
  let position = start;
  while (position < end) {
    const control = controlTexts.find((candidate) => text.startsWith(candidate, position));
    if (control) position += control.length;
    else if (/\s/.test(text[position] as string)) position++;
    else break;
  }
  return Math.min(position, end);
}

function firstIndex(text: string, candidates: readonly string[], start: number, end: number): number {
  const found = candidates.map((candidate) => text.indexOf(candidate, start)).filter((index) => index >= 0);
  return Math.min(end, ...found);
}
