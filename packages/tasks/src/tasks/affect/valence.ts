import type { AnswerGrammar, Reading } from '../../answer/answer-grammar';
import type { TaskDefinition, ValenceClassValue, ValenceValue } from '../../task';
import { type NumberScale, readNumber, writeNumber } from './number-answer';

/** From most negative to most positive, as a number. */
export const valence: NumberScale = { field: 'valence', from: 0, to: 1, decimals: 3 };
/** From very negative to very positive, as a class. */
export const valenceClass: NumberScale = { field: 'valenceClass', from: -3, to: 3, decimals: 0 };

function readAs<Value>(answer: string, scale: NumberScale, toValue: (number: number) => Value): Reading<Value> {
  const number = readNumber(answer, scale);
  return 'reason' in number ? number : { value: toValue(number.value), spans: number.spans };
}

const regression: AnswerGrammar<ValenceValue> = {
  pattern: 'The valence is {valence}.',
  format: (value) => `The valence is ${writeNumber(value.valence, valence, 'formatAnswer(vReg)')}.`,
  read: (answer) => readAs(answer, valence, (number) => ({ valence: number })),
};

const classes: AnswerGrammar<ValenceClassValue> = {
  pattern: 'The valence class is {valenceClass}.',
  format: (value) => `The valence class is ${writeNumber(value.valenceClass, valenceClass, 'formatAnswer(vOc)')}.`,
  read: (answer) => readAs(answer, valenceClass, (number) => ({ valenceClass: number })),
};

/** Valence of a text, as a number. @see SemEval-2018 Task 1, V-reg; EmoLLMs (KDD 2024) */
export const vReg: TaskDefinition<'vReg'> = Object.freeze({
  id: 'vReg',
  abbreviation: 'V-reg',
  title: 'Valence of a text',
  level: 'perception',
  tag: '[Affect]',
  instructions: Object.freeze([
    'How does the writer feel, from 0 for the most negative to 1 for the most positive?',
    'Give the valence of these words as a number from 0, most negative, to 1, most positive.',
    'On a scale from 0, utterly unpleasant, to 1, utterly pleasant, what is the mood of the words?',
  ]),
  mode: 'textonly',
  context: 'subtitle',
  answer: Object.freeze(regression),
  confidenceFields: Object.freeze(['valence'] as const),
});

/** The same in seven classes. @see SemEval-2018 Task 1, V-oc; EmoLLMs (KDD 2024) */
export const vOc: TaskDefinition<'vOc'> = Object.freeze({
  id: 'vOc',
  abbreviation: 'V-oc',
  title: 'Valence class of a text',
  level: 'perception',
  tag: '[Affect]',
  instructions: Object.freeze([
    'How does the writer feel, from -3 for very negative over 0 for neutral or mixed to 3 for very positive?',
    'Rate the mood of these words by a whole number from -3, very negative, to 3, very positive.',
    'Which class of valence fits the words: from -3, very negative, over 0, neutral or mixed, to 3, very positive?',
  ]),
  mode: 'textonly',
  context: 'subtitle',
  answer: Object.freeze(classes),
  confidenceFields: Object.freeze(['valenceClass'] as const),
});
