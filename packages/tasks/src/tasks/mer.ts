import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { AnswerGrammar } from '../answer/answer-grammar';
import { readLabel } from '../answer/read-label';
import { labelSets } from '../labels/label-sets';
import { canonicalLabel, requireCandidates } from '../labels/plain-label';
import { defaultModalityMode } from '../prompt/modality-modes';
import type { EmotionValue, TaskDefinition } from '../task';

const form = /^the emotion(?: of the (?:person|speaker))? is:? (?<label>.+?)[.!]?$/dis;

const answer: AnswerGrammar<EmotionValue> = {
  pattern: 'The emotion is {emotion}.',
  format({ emotion }, { candidates = labelSets.sevenEmotions }) {
    const label = canonicalLabel(emotion);
    const labels = requireCandidates(candidates, 'formatAnswer(mer)');
    if (labels.includes(label)) return `The emotion is ${label}.`;
    throw new InvalidArgumentError({
      message: `formatAnswer(mer): "${emotion}" is not among the candidates ${labels.join(', ')}`,
      hint: 'Pass the candidates of the data set, or map the label to one of them with matchLabel.',
      argument: 'value',
    });
  },
  read(text, { candidates = labelSets.sevenEmotions }) {
    const labels = requireCandidates(candidates, 'parseAnswer(mer)');
    return readLabel(text, labels, form, 'emotion', (emotion) => ({ emotion }));
  },
};

/** Multimodal emotion recognition in a closed set of classes. */
export const mer: TaskDefinition<'mer'> = Object.freeze({
  id: 'mer',
  abbreviation: 'MER',
  title: 'Multimodal emotion recognition',
  level: 'perception',
  tag: '[Recognition]',
  instructions: Object.freeze([
    'Which emotion does the person show?',
    'Name the one emotion that fits the person best.',
    'What is the main emotion of the person here?',
    'Which single emotion do face, voice and words express?',
  ]),
  mode: defaultModalityMode,
  context: 'subtitle',
  candidates: labelSets.sevenEmotions,
  answer: Object.freeze(answer),
  confidenceFields: Object.freeze(['emotion'] as const),
});
