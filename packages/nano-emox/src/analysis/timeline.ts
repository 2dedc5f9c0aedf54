import type { PerceptionHead } from '@nano-emox/distillation';
import { candidateDistribution, candidateTargets, modeForModalities, mostLikely, tasks } from '@nano-emox/tasks';
import { type Modality, type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { promptOf, type Question } from './ask-task';
import { type EmotionDecision, ownLabels, requireLabelsOf } from './decide-emotion';
import type { EncodeClipOptions, EncodedClip } from './encode-clip';
import { type EncodedMoment, encodeMoments, type MomentModel } from './encode-moments';

/** The emotion of one moment of a clip, as it comes across when nothing of the rest is seen or heard. Plain JSON. */
export interface EmotionMoment {
  /** From the beginning of the clip. */
  readonly startSeconds: number;
  /** Where the next moment starts; the last ends with the longer track. */
  readonly endSeconds: number;
  /** The likeliest label. */
  readonly emotion: string;
  /** Of every label, in their order; they sum to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** As in the decision on MER: there where a perception head had a say, whose probabilities are calibrated. */
  readonly decidedBy?: EmotionDecision['decidedBy'];
  /** Whether the frame shows a face; true in whole-frame mode, where nobody looks for one. */
  readonly faceFound: boolean;
  /** Index of its frame among those of the clip; absent without picture, or where it has ended. */
  readonly frame?: number;
  /** What the moment offered to the language model. */
  readonly modalities: readonly Modality[];
}

/** Options of {@link NanoEmoX.timeline}. */
export interface TimelineOptions extends EncodeClipOptions, Pick<Question, 'candidates'> {
  /** Whether the perception head, where the model has one, has a say. @default true */
  readonly perceptionHead?: boolean;
}

/**
 * Asks for the emotion (MER) moment by moment. Words are not shown, as nobody knows when they were said. Every label is scored as
 * a whole answer, so no text is generated.
 */
export async function* timelineOf(
  model: MomentModel,
  clip: EncodedClip,
  { candidates, perceptionHead, signal }: Omit<TimelineOptions, 'media'>,
): AsyncGenerator<EmotionMoment, void, undefined> {
  const head = perceptionHead === false ? undefined : model.components.perceptionHead;
  if (head) requireLabelsOf(head, candidates);
  throwIfAborted(signal, 'timeline');
  const question = { ...(candidates && { candidates }), ...(head && ownLabels(head)) };
  for (const moment of await encodeMoments(model, clip, { signal })) {
    throwIfAborted(signal, 'timeline');
    const scored = await scoreEmotions(model, moment, question, { signal });
    const decided = head && (await decide(head, moment, scored, { signal }));
    const { startSeconds, endSeconds, faceFound, frame, modalities } = moment;
    const seen = frame !== undefined && { frame };
    yield { startSeconds, endSeconds, ...(decided ?? scored), faceFound, ...seen, modalities };
  }
}

type Emotion = Pick<EmotionMoment, 'emotion' | 'probabilities' | 'decidedBy'>;

/** What the language model alone makes of a moment. */
async function scoreEmotions(
  { components, config }: MomentModel,
  moment: EncodedMoment,
  asked: Pick<Question, 'candidates' | 'labels'>,
  options: RunOptions,
): Promise<Emotion> {
  const mode = modeForModalities(moment.modalities, false);
  const { prompt, softTokens } = promptOf('mer', config, moment, { mode, words: '', ...asked });
  const targets = candidateTargets('mer', asked.candidates ?? asked.labels ?? tasks.mer.candidates);
  const texts = targets.map(({ text }) => text);
  const scores = await components.languageModel.score(prompt, softTokens, texts, options);
  const distribution = candidateDistribution(
    scores.map((score, index) => ({ ...score, label: (targets[index] as { label: string }).label })),
  );
  return {
    emotion: mostLikely(distribution).label,
    probabilities: Object.fromEntries(distribution.map(({ label, probability }) => [label, probability])),
  };
}

/** Head and language model together, as for the whole clip; undefined where the moment lacks what the head looks at. */
async function decide(
  head: PerceptionHead,
  { headFeatures }: EncodedMoment,
  { emotion: word }: Emotion,
  options: RunOptions,
): Promise<Emotion | undefined> {
  if (!headFeatures) return undefined;
  const [decided] = await head.decide(headFeatures, [word], options);
  return decided && { emotion: decided.label, probabilities: decided.probabilities, decidedBy: decided.decidedBy };
}
