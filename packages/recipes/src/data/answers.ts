import { Random, type Script, sampleScript } from '@nano-emox/clip-renderer';
import { type AnyTaskId, formatTarget, sentimentOfValence } from '@nano-emox/tasks';
import type { SampleTarget } from '@nano-emox/tasks/datasets';
import type { EmotionClass } from './emotion-words';
import type { LabelledText } from './text-sets';

/** Steps of the valence in training answers: finer ones would be noise to learn. */
const valenceStep = 0.1;

const sentimentTarget = (exact: number): SampleTarget => {
  const valence = Math.max(-1, Math.min(1, Math.round(exact / valenceStep) * valenceStep));
  return { task: 'msa', value: { sentiment: sentimentOfValence(exact), valence } };
};

/** What an utterance of a corpus tells. */
export function textTargets({ emotion, emotionWords, valence, intent }: LabelledText): SampleTarget[] {
  return [
    ...(valence !== undefined ? [sentimentTarget(valence)] : []),
    ...(emotion !== undefined ? [{ task: 'mer', value: { emotion } } as const] : []),
    ...(emotionWords !== undefined ? [{ task: 'ovMer', value: { emotions: emotionWords } } as const] : []),
    ...(intent !== undefined ? [{ task: 'mir', value: { intent } } as const] : []),
  ];
}

/** Steps of the numbers of V-reg: finer ones would be noise to learn. */
const pleasantnessStep = 0.05;
/** Classes of V-oc on either side of zero, and levels of EI-oc above it. */
const CLASSES = 3;

/**
 * What an utterance tells about the five tasks on text alone.
 * @param emotion what the two tasks on intensity are asked about
 */
export function affectTargets({ valence, affects, levels }: LabelledText, emotion: string): SampleTarget[] {
  const level = levels?.[emotion];
  return [
    ...(valence !== undefined
      ? [
          {
            task: 'vReg',
            value: { valence: Math.round((valence + 1) / 2 / pleasantnessStep) * pleasantnessStep },
          } as const,
          { task: 'vOc', value: { valenceClass: Math.round(CLASSES * valence) } } as const,
        ]
      : []),
    ...(affects !== undefined ? [{ task: 'eC', value: { emotions: affects } } as const] : []),
    ...(level !== undefined
      ? [
          { task: 'eiReg', value: { emotion, intensity: level / CLASSES } } as const,
          { task: 'eiOc', value: { emotion, level } } as const,
        ]
      : []),
  ];
}

/**
 * An answer to words of which only the emotion is known: a listener who has noticed it and says no more than that. The
 * goal and the wording are drawn from the words.
 */
export function noticedTarget(text: string, emotion: EmotionClass): SampleTarget {
  const { responseGoal, empathicResponse } = sampleScript(emotion, new Random(`noticed ${text}`), { words: 'none' });
  const chainOfEmpathy = {
    eventScenario: 'The speaker tells what is on their mind.',
    speakerEmotion: emotion,
    emotionCause: 'what the speaker tells',
    goalToResponse: responseGoal,
  };
  return { task: 'erg', value: { chainOfEmpathy, response: empathicResponse } };
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

/** What a rendered clip or its script alone tells: all six tasks, intent only where one is acted. */
export function actedTargets({ emotion, script, reasoning }: ActedScript): [SampleTarget, ...SampleTarget[]] {
  const clues = reasoning?.slice(0, reasoning.lastIndexOf(conclusion)) ?? `The words tell: ${script.eventScenario}`;
  const chainOfEmpathy = {
    eventScenario: script.eventScenario,
    speakerEmotion: emotion,
    emotionCause: script.emotionCause,
    goalToResponse: script.responseGoal,
  };
  return [
    sentimentTarget(script.valence),
    { task: 'mer', value: { emotion } },
    { task: 'ovMer', value: { emotions: script.emotionWords } },
    { task: 'eri', value: { reason: clues, emotions: script.emotionWords.slice(0, 2) } },
    ...(script.intent !== null ? [{ task: 'mir', value: { intent: script.intent } } as const] : []),
    { task: 'erg', value: { chainOfEmpathy, response: script.empathicResponse } },
  ];
}

/** The answer of each task, as far as an item tells it, with the stop text behind it. */
export type Answers = Partial<Readonly<Record<AnyTaskId, string>>>;

/** Targets as texts to learn. */
export function answersOf(targets: readonly SampleTarget[]): Answers {
  const entries = targets.map(({ task, value }) => [
    task,
    formatTarget(task, value as Parameters<typeof formatTarget>[1]),
  ]);
  return Object.fromEntries(entries) as Answers;
}
