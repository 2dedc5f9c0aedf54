import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { AnswerGrammar, Reading } from '../answer/answer-grammar';
import type { ValueSpan } from '../answer/outcome';
import { roundValence, sentimentOfValence } from '../labels/polarity';
import { defaultModalityMode } from '../prompt/modality-modes';
import type { SentimentValue, TaskDefinition } from '../task';

const polarity = /(?<![\p{L}\p{N}])(?:positive|neutral|negative)(?![\p{L}\p{N}])/giu;
const number = /(?<![\p{L}\p{N}.])[-−+]?\d+(?:\.\d+)?/u;

/** Whether polarity and a valence that answers would print as non-zero point to opposite sides. */
const contradicts = ({ sentiment, valence }: SentimentValue) =>
  (sentiment === 'positive' && valence < 0) || (sentiment === 'negative' && valence > 0);

function format({ sentiment, valence }: SentimentValue): string {
  const rounded = roundValence(valence);
  const known = ['positive', 'neutral', 'negative'].includes(sentiment);
  if (known && Math.abs(valence) <= 1 && !contradicts({ sentiment, valence: rounded })) {
    return `The sentiment is ${sentiment}, valence ${rounded.toFixed(2)}.`;
  }
  throw new InvalidArgumentError({
    message: `formatAnswer(msa): sentiment ${sentiment} with valence ${valence} cannot be written`,
    hint: 'Use positive, neutral or negative and a valence in [-1, 1] that does not point the other way.',
    argument: 'value',
  });
}

function read(answer: string): Reading<SentimentValue> {
  const words = [...answer.matchAll(polarity)];
  const labels = new Set(words.map(([word]) => word.toLowerCase()));
  const [word] = words;
  if (labels.size > 1) {
    return { reason: 'ambiguous-label', detail: `The answer names ${[...labels].join(' and ')}.` };
  }
  const digits = number.exec(answer);
  if (!digits) {
    return word
      ? { reason: 'missing-valence', detail: `The answer says ${word[0]} but gives no valence.` }
      : { reason: 'unknown-label', detail: 'The answer names neither a polarity nor a valence.' };
  }
  const valence = Number(digits[0].replace('−', '-')) + 0; // + 0: no negative zero
  if (Math.abs(valence) > 1) {
    return { reason: 'valence-out-of-range', detail: `Valence ${digits[0]} lies outside [-1, 1].` };
  }
  const sentiment = word ? (word[0].toLowerCase() as SentimentValue['sentiment']) : sentimentOfValence(valence);
  const value = { sentiment, valence: roundValence(valence) };
  if (contradicts(value)) {
    return { reason: 'contradictory', detail: `The answer says ${sentiment} but gives valence ${digits[0]}.` };
  }
  const spans: ValueSpan[] = [{ field: 'valence', start: digits.index, end: digits.index + digits[0].length }];
  if (word) spans.push({ field: 'sentiment', start: word.index, end: word.index + word[0].length });
  return { value, spans: spans.sort((a, b) => a.start - b.start) };
}

const answer: AnswerGrammar<SentimentValue> = {
  pattern: 'The sentiment is {sentiment}, valence {valence}.',
  format,
  read,
};

/** Multimodal sentiment analysis: polarity and valence of the whole clip. */
export const msa: TaskDefinition<'msa'> = Object.freeze({
  id: 'msa',
  abbreviation: 'MSA',
  title: 'Multimodal sentiment analysis',
  level: 'perception',
  tag: '[Recognition]',
  instructions: Object.freeze([
    'Is the sentiment positive, neutral or negative, and how strong is it from -1 to 1?',
    'Rate the sentiment of the person: name its side and a valence between -1 and 1.',
    'What sentiment comes across, and which valence from -1 (worst) to 1 (best) fits it?',
  ]),
  mode: defaultModalityMode,
  context: 'subtitle',
  answer: Object.freeze(answer),
  confidenceFields: Object.freeze(['sentiment', 'emotions'] as const),
});
