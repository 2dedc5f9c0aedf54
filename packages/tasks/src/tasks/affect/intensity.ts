import type { AnswerGrammar, AnswerOptions, Reading } from '../../answer/answer-grammar';
import type { ValueSpan } from '../../answer/outcome';
import { labelSets } from '../../labels/label-sets';
import { findMentions, matchLabel } from '../../labels/match-label';
import { requirePlainLabel } from '../../labels/plain-label';
import type { IntensityClassValue, IntensityValue, TaskDefinition } from '../../task';
import { type NumberScale, readNumber, writeNumber } from './number-answer';

/** How strong, as a number. */
export const intensity: NumberScale = { field: 'intensity', from: 0, to: 1, decimals: 3 };
/** How strong, as a class. */
export const level: NumberScale = { field: 'level', from: 0, to: 3, decimals: 0 };

/** An emotion as answers spell it: the word form of the data set, where it is one of its four. */
const spelled = (emotion: string, where: string, argument: string): string => {
  const plain = requirePlainLabel(emotion, where, argument);
  return matchLabel(plain, labelSets.semeval2018Intensity) ?? plain;
};

/** The emotion an answer speaks of: the one that was asked about, which it may name; else the one that it names. */
function readEmotion(answer: string, { emotion }: AnswerOptions, where: string): Reading<string> {
  const asked = emotion === undefined ? undefined : spelled(emotion, where, 'emotion');
  const known = [...new Set([...(asked === undefined ? [] : [asked]), ...labelSets.semeval2018Intensity])];
  const mentions = findMentions(answer, known);
  const named = [...new Set(mentions.map(({ label }) => label))];
  const other = named.find((label) => label !== (asked ?? named[0]));
  if (asked !== undefined && other !== undefined) {
    return { reason: 'contradictory', detail: `The question is about ${asked}, the answer about ${other}.` };
  }
  if (other !== undefined) return { reason: 'ambiguous-label', detail: `The answer names ${named.join(' and ')}.` };
  const [value] = asked === undefined ? named : [asked];
  if (value === undefined)
    return { reason: 'unknown-label', detail: 'The answer does not say which emotion it is about.' };
  const [first] = mentions;
  return { value, spans: first ? [{ field: 'emotion', start: first.start, end: first.end }] : [] };
}

function readIntensity<Value>(
  answer: string,
  options: AnswerOptions,
  { id, scale, toValue }: { id: string; scale: NumberScale; toValue: (emotion: string, number: number) => Value },
): Reading<Value> {
  const emotion = readEmotion(answer, options, `parseAnswer(${id})`);
  if ('reason' in emotion) return emotion;
  const number = readNumber(answer, scale);
  if ('reason' in number) return number;
  const spans: ValueSpan[] = [...emotion.spans, ...number.spans];
  return { value: toValue(emotion.value, number.value), spans: spans.sort((a, b) => a.start - b.start) };
}

const regression: AnswerGrammar<IntensityValue> = {
  pattern: 'The intensity of {emotion} is {intensity}.',
  format: (value) =>
    `The intensity of ${spelled(value.emotion, 'formatAnswer(eiReg)', 'value')} is ${writeNumber(value.intensity, intensity, 'formatAnswer(eiReg)')}.`,
  read: (answer, options) =>
    readIntensity(answer, options, {
      id: 'eiReg',
      scale: intensity,
      toValue: (emotion, number) => ({ emotion, intensity: number }),
    }),
};

const classes: AnswerGrammar<IntensityClassValue> = {
  pattern: 'The level of {emotion} is {level}.',
  format: (value) =>
    `The level of ${spelled(value.emotion, 'formatAnswer(eiOc)', 'value')} is ${writeNumber(value.level, level, 'formatAnswer(eiOc)')}.`,
  read: (answer, options) =>
    readIntensity(answer, options, {
      id: 'eiOc',
      scale: level,
      toValue: (emotion, number) => ({ emotion, level: number }),
    }),
};

/** Intensity of a given emotion in a text, as a number. @see SemEval-2018 Task 1, EI-reg; EmoLLMs (KDD 2024) */
export const eiReg: TaskDefinition<'eiReg'> = Object.freeze({
  id: 'eiReg',
  abbreviation: 'EI-reg',
  title: 'Intensity of an emotion in a text',
  level: 'perception',
  tag: '[Affect]',
  instructions: Object.freeze([
    'How strong is the {emotion} of the writer, from 0 for none to 1 for the strongest?',
    'Give the intensity of {emotion} in these words as a number from 0 to 1.',
    'On a scale from 0 to 1, how much {emotion} do the words express?',
  ]),
  mode: 'textonly',
  context: 'subtitle',
  answer: Object.freeze(regression),
  confidenceFields: Object.freeze(['intensity'] as const),
});

/** The same in four classes. @see SemEval-2018 Task 1, EI-oc; EmoLLMs (KDD 2024) */
export const eiOc: TaskDefinition<'eiOc'> = Object.freeze({
  id: 'eiOc',
  abbreviation: 'EI-oc',
  title: 'Level of an emotion in a text',
  level: 'perception',
  tag: '[Affect]',
  instructions: Object.freeze([
    'How much {emotion} does the writer feel: 0 for none, 1 for low, 2 for moderate or 3 for high?',
    'Which level of {emotion} do the words show, from 0 for none to 3 for high?',
    'Rate the {emotion} in these words by a whole number from 0, none, to 3, high.',
  ]),
  mode: 'textonly',
  context: 'subtitle',
  answer: Object.freeze(classes),
  confidenceFields: Object.freeze(['level'] as const),
});
