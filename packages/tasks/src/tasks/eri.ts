import type { AnswerGrammar } from '../answer/answer-grammar';
import { requireFreeText } from '../answer/free-text';
import { canonicalLabels, readLabelList } from '../answer/label-list';
import { defaultModalityMode } from '../prompt/modality-modes';
import type { ReasoningValue, TaskDefinition } from '../task';

const opening = /^clues:\s*/i;
const conclusion = /(?<![\p{L}\p{N}])so,? (?:the (?:person|speaker)|he|she|they) feels? /giu;

/** Ends a description with a stop, so that the conclusion begins a sentence. */
const asSentences = (text: string) => (/[.!?…。！？]["'”’)]?$/u.test(text) ? text : `${text}.`);

const answer: AnswerGrammar<ReasoningValue> = {
  pattern: 'Clues: {reason} So the person feels {emotions}.',
  format({ reason, emotions }) {
    const clues = asSentences(requireFreeText(reason, 'formatAnswer(eri)', 'reason'));
    return `Clues: ${clues} So the person feels ${canonicalLabels(emotions, 'formatAnswer(eri)').join(', ')}.`;
  },
  read(text, { freeDescription = false }) {
    const start = opening.exec(text)?.[0].length ?? 0;
    const last = [...text.matchAll(conclusion)].at(-1); // a description may itself say what someone feels
    const list = last && readLabelList(text.slice(last.index + last[0].length), last.index + last[0].length);
    const reason = text.slice(start, list ? last.index : undefined).trimEnd();
    if (reason === '') return { reason: 'missing-clues', detail: 'The answer gives no clues.' };
    if (!list && !freeDescription) {
      return { reason: 'missing-conclusion', detail: 'The answer does not end in what the person feels.' };
    }
    const reasonSpan = { field: 'reason' as const, start, end: start + reason.length };
    return { value: { reason, emotions: list?.labels ?? [] }, spans: [reasonSpan, ...(list?.spans ?? [])] };
  },
};

/** Emotion reasoning: the clues in face, voice, scene and words, and what they add up to. */
export const eri: TaskDefinition<'eri'> = Object.freeze({
  id: 'eri',
  abbreviation: 'ERI',
  title: 'Emotion reasoning inference',
  level: 'understanding',
  tag: '[Inference]',
  instructions: Object.freeze([
    'Which clues in face, voice and words tell what the person feels? Describe them and conclude.',
    'Explain the emotion of the person from what can be seen and heard.',
    'Describe what you notice, then say which emotions it points to.',
    'Reason from the evidence in the clip to the feelings of the person.',
  ]),
  mode: defaultModalityMode,
  context: 'subtitle',
  answer: Object.freeze(answer),
  confidenceFields: Object.freeze(['emotions'] as const),
});
