import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { AnswerGrammar } from '../answer/answer-grammar';
import { readLabel } from '../answer/read-label';
import { labelSets } from '../labels/label-sets';
import { canonicalLabel, requireCandidates } from '../labels/plain-label';
import { defaultModalityMode } from '../prompt/modality-modes';
import type { IntentValue, TaskDefinition } from '../task';

const form = /^(?:the intent(?:ion)?(?: of the (?:person|speaker))? is:? )?(?:to )?(?<label>.+?)[.!]?$/dis;

const answer: AnswerGrammar<IntentValue> = {
  pattern: '{Intent}',
  /** Bare and capitalised, as MIntRec spells its labels: the official score is exact, case-sensitive equality. */
  format({ intent }, { candidates = labelSets.mintrec }) {
    const label = canonicalLabel(intent);
    const labels = requireCandidates(candidates, 'formatAnswer(mir)');
    if (labels.includes(label)) return label.charAt(0).toUpperCase() + label.slice(1);
    throw new InvalidArgumentError({
      message: `formatAnswer(mir): "${intent}" is not among the candidates ${labels.join(', ')}`,
      hint: 'For MIntRec2.0 pass { candidates: labelSets.mintrec2 }.',
      argument: 'value',
    });
  },
  read(text, { candidates = labelSets.mintrec }) {
    const labels = requireCandidates(candidates, 'parseAnswer(mir)');
    return readLabel(text, labels, form, 'intent', (intent) => ({ intent }));
  },
};

/** Multimodal intent recognition in a closed set of communicative intents. */
export const mir: TaskDefinition<'mir'> = Object.freeze({
  id: 'mir',
  abbreviation: 'MIR',
  title: 'Multimodal intent recognition',
  level: 'understanding',
  tag: '[Intent]',
  instructions: Object.freeze([
    'What does the person intend by saying this?',
    'Which intent lies behind the words and the way they are said?',
    'Name the one intent that fits what the person does here.',
  ]),
  mode: defaultModalityMode,
  context: 'subtitle',
  candidates: labelSets.mintrec,
  answer: Object.freeze(answer),
  confidenceFields: Object.freeze(['intent'] as const),
});
