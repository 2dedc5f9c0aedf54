import { type AnyTaskId, matchLabel, parseAnswer, sentimentOfValence } from '@nano-emox/tasks';
import { meadClass, type RowValue, readEmotionByGrammar } from '@nano-emox/tasks/metrics';

/** Tasks whose answers are right or wrong; the others agree with the gold value more or less. */
export const decidableTasks = ['msa', 'mer', 'mir', 'erg', 'eiOc', 'vOc'] as const satisfies readonly AnyTaskId[];
type DecidableTask = (typeof decidableTasks)[number];

type Decide = (gold: RowValue, prediction: RowValue) => boolean;

const rules: Readonly<Record<DecidableTask, Decide>> = {
  msa: (gold, prediction) => sentimentIn(gold) === sentimentIn(prediction),
  mer: (gold, prediction) => matchLabel(emotionIn(prediction), [plain(gold)]) !== undefined,
  mir: (gold, prediction) => plain(gold) === plain(prediction),
  erg: (gold, prediction) => {
    const expected = meadClass(plain(gold));
    return expected !== undefined && meadClass(readEmotionByGrammar(textIn(prediction))) === expected;
  },
  eiOc: (gold, prediction) => {
    const right = parseAnswer('eiOc', textIn(gold));
    if (right.status === 'unparsed') return false;
    const { emotion, level } = right.value;
    const answer = parseAnswer('eiOc', textIn(prediction), { emotion });
    return answer.status === 'parsed' && answer.value.level === level;
  },
  vOc: (gold, prediction) => {
    const [right, answer] = [parseAnswer('vOc', textIn(gold)), parseAnswer('vOc', textIn(prediction))];
    const isRead = right.status === 'parsed' && answer.status === 'parsed';
    return isRead && right.value.valenceClass === answer.value.valenceClass;
  },
};

/**
 * Whether an answer is right: the polarity (`msa`), the label (`mer` in any word form, `mir`), the class of the stated emotion
 * (`erg`), the class (`eiOc`, `vOc`). This is what confidences are compared with.
 * @returns undefined for tasks without a single right answer
 */
export function isRight(task: AnyTaskId, gold: RowValue, prediction: RowValue): boolean | undefined {
  return (decidableTasks as readonly AnyTaskId[]).includes(task)
    ? rules[task as DecidableTask](gold, prediction)
    : undefined;
}

const textIn = (value: RowValue): string => (typeof value === 'object' ? (value[0] ?? '') : String(value));
const plain = (value: RowValue): string => textIn(value).trim().toLowerCase();

/** The label of an answer in the grammar of the task, else the text as it stands. */
function emotionIn(value: RowValue): string {
  const outcome = parseAnswer('mer', textIn(value));
  return outcome.status === 'parsed' ? outcome.value.emotion : textIn(value);
}

/** Polarity of a valence, a polarity word or an answer. */
function sentimentIn(value: RowValue): string | undefined {
  const text = plain(value);
  if (text !== '' && Number.isFinite(Number(text))) return sentimentOfValence(Number(text));
  if (['positive', 'neutral', 'negative'].includes(text)) return text;
  const outcome = parseAnswer('msa', textIn(value));
  return outcome.status === 'parsed' ? outcome.value.sentiment : undefined;
}
