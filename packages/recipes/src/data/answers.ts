import type { Script } from '@nano-emox/clip-renderer';
import { formatTarget, sentimentOfValence, type TaskId } from '@nano-emox/tasks';
import type { EmotionClass } from './emotion-words';
import type { LabelledText } from './text-sets';

/** Steps of the valence in training answers: finer ones would be noise to learn. */
const valenceStep = 0.1;

/** The answer of each task, as far as `item` tells it, with the stop text behind it. */
export type Answers = Partial<Readonly<Record<TaskId, string>>>;

const sentimentAnswer = (exact: number) => {
  const valence = Math.max(-1, Math.min(1, Math.round(exact / valenceStep) * valenceStep));
  return formatTarget('msa', { sentiment: sentimentOfValence(exact), valence });
};

/** Answers for an utterance of a corpus. */
export function textAnswers({ emotion, emotionWords, valence, intent }: LabelledText): Answers {
  return {
    ...(valence !== undefined && { msa: sentimentAnswer(valence) }),
    ...(emotion !== undefined && { mer: formatTarget('mer', { emotion }) }),
    ...(emotionWords !== undefined && { ovMer: formatTarget('ovMer', { emotions: emotionWords }) }),
    ...(intent !== undefined && { mir: formatTarget('mir', { intent }) }),
  };
}

/** A script and the emotion it was drawn for. */
export interface ActedScript {
  readonly emotion: EmotionClass;
  readonly script: Script;
  /** The clip's clues in sentences that end in what the speaker seems to feel; absent: the words are all there is. */
  readonly reasoning?: string;
}

/** Begins the last sentence of the renderer's reasoning; the answer grammar of ERI has its own. */
const conclusion = ' So the speaker seems ';

/** Answers for a rendered clip or its script alone. */
export function actedAnswers({ emotion, script, reasoning }: ActedScript): Answers {
  const clues = reasoning?.slice(0, reasoning.lastIndexOf(conclusion)) ?? `The words tell: ${script.eventScenario}`;
  return {
    msa: sentimentAnswer(script.valence),
    mer: formatTarget('mer', { emotion }),
    ovMer: formatTarget('ovMer', { emotions: script.emotionWords }),
    eri: formatTarget('eri', { reason: clues, emotions: script.emotionWords.slice(0, 2) }),
    ...(script.intent !== null && { mir: formatTarget('mir', { intent: script.intent }) }),
    erg: formatTarget('erg', {
      chainOfEmpathy: {
        eventScenario: script.eventScenario,
        speakerEmotion: emotion,
        emotionCause: script.emotionCause,
        goalToResponse: script.responseGoal,
      },
      response: script.empathicResponse,
    }),
  };
}
