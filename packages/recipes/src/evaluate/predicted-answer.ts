import {
  type AnyTaskId,
  type AnyTaskValues,
  type EmpathyValue,
  formatAnswer,
  markup,
  type UnparsedReason,
} from '@nano-emox/tasks';
import type { SampleTarget } from '@nano-emox/tasks/datasets';
import type { RowValue } from '@nano-emox/tasks/metrics';

/** Why a question has no answer that counts: the text breaks the grammar, no prediction is there, or the clip offers nothing. */
export type UnansweredReason = UnparsedReason | 'missing' | 'nothing-to-ask';

/** What a model said to one question, beside what is right. */
export interface PredictedAnswer {
  /** Of the row. */
  readonly id: string;
  readonly task: AnyTaskId;
  readonly gold: RowValue;
  /**
   * A label (`mir`), labels (`mer`, where it is one, `ovMer` and `eC`) or the whole answer (all others, `erg` in the published
   * form); empty where `unparsed` says why.
   */
  readonly prediction: RowValue;
  /** In [0, 1]; absent for an answer that could not be read, and where a file of predictions holds none. */
  readonly confidence?: number;
  /** As the model wrote it. */
  readonly text: string;
  /** Present: the answer counts as wrong. */
  readonly unparsed?: UnansweredReason;
}

/** The emotion that the question of a target is about: part of what is asked, not of what is to be found. */
export const askedEmotion = (target: SampleTarget): string | undefined =>
  target.task === 'eiReg' || target.task === 'eiOc' ? target.value.emotion : undefined;

/** The gold value of a target as the scores take it. */
export function goldValueOf(target: SampleTarget): RowValue {
  switch (target.task) {
    case 'msa':
      return target.value.valence;
    case 'mer':
      return target.value.emotion;
    case 'ovMer':
      return target.value.emotions;
    case 'eri':
      return formatAnswer('eri', target.value);
    case 'mir':
      return target.value.intent;
    case 'erg':
      return spokenWord(target.value.chainOfEmpathy.speakerEmotion);
    case 'eiReg':
      return `${target.value.emotion} ${target.value.intensity}`;
    case 'eiOc':
      return `${target.value.emotion} ${target.value.level}`;
    case 'vReg':
      return target.value.valence;
    case 'vOc':
      return target.value.valenceClass;
    case 'eC':
      return target.value.emotions;
  }
}

/** What of an answer that was read counts in the scores. */
export function countedPrediction<Id extends AnyTaskId>(task: Id, value: AnyTaskValues[Id], answer: string): RowValue {
  if (task === 'mer') return [(value as AnyTaskValues['mer']).emotion];
  if (task === 'mir') return (value as AnyTaskValues['mir']).intent;
  if (task === 'ovMer' || task === 'eC') return (value as AnyTaskValues['ovMer' | 'eC']).emotions;
  if (task === 'erg') return publishedForm(value as EmpathyValue);
  return answer;
}

/** To be raised when answers that were read count in another way: kept answers and scores of before are not taken for new ones. */
export const countingRevision = 2;

/** Names of classes in the words of the published ERG score, whose tables are adjectives and have no place for these. */
const spokenWords: Readonly<Record<string, string>> = { anger: 'angry', disgust: 'disgusted', surprise: 'surprised' };

const spokenWord = (emotion: string): string =>
  Object.hasOwn(spokenWords, emotion) ? (spokenWords[emotion] as string) : emotion;

/**
 * An empathic answer as the published training targets put it. The published score looks for one sentence of theirs; where it is
 * not there, it guesses by keywords anywhere in the answer, which says nothing about a model that states the emotion otherwise.
 */
function publishedForm({ chainOfEmpathy, response }: EmpathyValue): string {
  const { eventScenario, speakerEmotion, emotionCause, goalToResponse } = chainOfEmpathy;
  const [open, close] = markup.think;
  return [
    open,
    `The event scenario: ${eventScenario}`,
    `The emotion of the speaker is ${spokenWord(speakerEmotion)}`,
    `The emotion cause: ${emotionCause}`,
    `The goal to response: ${goalToResponse}`,
    close,
    response,
  ].join('\n');
}
