import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { AnswerGrammar, AnswerOptions } from '../../answer/answer-grammar';
import { readLabelList } from '../../answer/label-list';
import { labelSets } from '../../labels/label-sets';
import { matchLabel } from '../../labels/match-label';
import { canonicalLabel, requireCandidates } from '../../labels/plain-label';
import type { EmotionSetValue, TaskDefinition } from '../../task';

/** Says that no emotion of the set shows. */
const neutral = 'neutral';
const waysToSayNeutral = [neutral, 'none', 'no emotion', 'no emotions'];

/** What may stand before the list. */
const frame = /^(?:the )?emotions?(?: of the (?:writer|author|person|speaker))?(?: is| are)?:?\s+/i;

const candidatesOf = ({ candidates = labelSets.semeval2018 }: AnswerOptions, where: string) =>
  requireCandidates(candidates, where);

const answer: AnswerGrammar<EmotionSetValue> = {
  pattern: 'The emotions are {emotions}.',
  format({ emotions }, options) {
    const candidates = candidatesOf(options, 'formatAnswer(eC)');
    const labels = [...new Set(emotions.map(canonicalLabel))];
    const unknown = labels.find((label) => !candidates.includes(label));
    if (unknown === undefined) return `The emotions are ${labels.length > 0 ? labels.join(', ') : neutral}.`;
    throw new InvalidArgumentError({
      message: `formatAnswer(eC): "${unknown}" is not among the candidates ${candidates.join(', ')}`,
      hint: 'Map labels to the candidates with matchLabel; an empty list stands for neutral.',
      argument: 'value',
    });
  },
  read(text, options) {
    const candidates = candidatesOf(options, 'parseAnswer(eC)');
    const offset = frame.exec(text)?.[0].length ?? 0;
    const list = readLabelList(text.slice(offset), offset);
    if (!list) return { reason: 'not-a-list', detail: 'The answer is not a list of emotions.' };
    const named = list.labels.map((word) => ({ word, label: matchLabel(word, candidates) }));
    const others = named.filter(({ label }) => label === undefined).map(({ word }) => word);
    const unknown = others.find((word) => !waysToSayNeutral.includes(word));
    if (unknown !== undefined) {
      return {
        reason: 'unknown-label',
        detail: `The answer names "${unknown}", which is none of the ${candidates.length} candidates.`,
      };
    }
    const emotions = [...new Set(named.flatMap(({ label }) => (label === undefined ? [] : [label])))];
    if (others.length > 0 && emotions.length > 0) {
      return { reason: 'contradictory', detail: `The answer says ${others[0]} and names ${emotions.join(', ')}.` };
    }
    return { value: { emotions }, spans: list.spans };
  },
};

/** All emotions of a closed set that a text shows. @see SemEval-2018 Task 1, E-c; EmoLLMs (KDD 2024) */
export const eC: TaskDefinition<'eC'> = Object.freeze({
  id: 'eC',
  abbreviation: 'E-c',
  title: 'Emotions of a text',
  level: 'perception',
  tag: '[Affect]',
  instructions: Object.freeze([
    'Which emotions does the writer feel? Name all that fit, or neutral if none does.',
    'Name every emotion that the words express; say neutral where there is none.',
    'Pick all emotions that speak from these words, or neutral.',
  ]),
  mode: 'textonly',
  context: 'subtitle',
  candidates: labelSets.semeval2018,
  answer: Object.freeze(answer),
  confidenceFields: Object.freeze(['emotions'] as const),
});
