import type { AnswerGrammar } from '../answer/answer-grammar';
import { canonicalLabels, readLabelList } from '../answer/label-list';
import { defaultModalityMode } from '../prompt/modality-modes';
import type { OpenVocabularyValue, TaskDefinition } from '../task';

/** What may stand before the list: our own frame and the usual ways to say the same. */
const frame =
  /^(?:the (?:person|speaker|character|main character)(?:'s)?|he|she|they)? ?(?:(?:is |seems to be )?feel(?:s|ing)?|seems|is|(?:the )?emotion(?:s|al state)?(?: of the (?:person|speaker|character))?(?: is| are| include)?)?:?\s+/i;

const answer: AnswerGrammar<OpenVocabularyValue> = {
  pattern: 'The person feels {emotions}.',
  format: ({ emotions }) => `The person feels ${canonicalLabels(emotions, 'formatAnswer(ovMer)').join(', ')}.`,
  read(text) {
    const offset = frame.exec(text)?.[0].length ?? 0;
    const list = readLabelList(text.slice(offset), offset);
    if (list) return { value: { emotions: list.labels }, spans: list.spans };
    return { reason: 'not-a-list', detail: 'The answer is not a list of short emotion words.' };
  },
};

/** Emotion recognition in an open vocabulary: as many words as fit. */
export const ovMer: TaskDefinition<'ovMer'> = Object.freeze({
  id: 'ovMer',
  abbreviation: 'OV-MER',
  title: 'Open-vocabulary multimodal emotion recognition',
  level: 'perception',
  tag: '[Recogn_OV]',
  instructions: Object.freeze([
    'Which emotions does the person feel? Use any words that fit.',
    'List every emotion you notice in the person, in your own words.',
    'Describe the emotional state of the person with a few free words.',
    'What does the person feel? Name all emotions, without a given list.',
    'Give the words that best capture the feelings of the person.',
  ]),
  mode: defaultModalityMode,
  context: 'subtitle',
  answer: Object.freeze(answer),
  confidenceFields: Object.freeze(['emotions'] as const),
});
