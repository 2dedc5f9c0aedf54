import type { ClassProbabilities, PerceptionDecision, PerceptionHead } from '@nano-emox/distillation';
import { type EmotionValue, type GeneratedOutcome, tasks } from '@nano-emox/tasks';
import { InvalidArgumentError, type RunOptions } from '@nano-emox/tensor-contract';
import type { EncodedClip } from './encode-clip';
import type { TaskOutcome } from './events';

/** How language model and perception head came to an emotion. Plain JSON. */
export interface EmotionDecision extends Pick<PerceptionDecision, 'decidedBy' | 'probabilities'> {
  /** What the language model alone said; without confidence where it could not be read. */
  readonly word: GeneratedOutcome<EmotionValue>;
  /** What the head alone says, calibrated. */
  readonly head: ClassProbabilities;
}

/**
 * Lets the head and the answer of the language model decide together; an answer that could not be read leaves it to the head. A
 * clip that lacks what the head looks at leaves it to the language model: the outcome stays as it is.
 */
export async function decideEmotion(
  head: PerceptionHead,
  { headFeatures }: EncodedClip,
  outcome: TaskOutcome<'mer'>,
  options: RunOptions,
): Promise<TaskOutcome<'mer'>> {
  if (!headFeatures) return outcome;
  const startedMs = performance.now();
  const { durationMs, decision: _, ...word } = outcome;
  const named = word.status === 'parsed' ? word.value.emotion : undefined;
  const [decided] = (await head.decide(headFeatures, [named], options)) as readonly [PerceptionDecision];
  const { label, decidedBy, probabilities, headProbabilities } = decided;
  return {
    status: 'parsed',
    text: word.text,
    answer: word.answer,
    value: { emotion: label },
    confidence: probabilities[label] as number,
    // The text does not spell out what the head decided against it.
    spans: word.status === 'parsed' && decidedBy === 'word' ? word.spans : [],
    decision: { decidedBy, probabilities, word, head: headProbabilities },
    durationMs: durationMs + performance.now() - startedMs,
  };
}

/** The labels of a head as part of a question, where they are not those that the task has anyway. */
export function ownLabels({ labels }: PerceptionHead): { readonly labels?: readonly string[] } {
  return isSameSet(labels, tasks.mer.candidates ?? []) ? {} : { labels };
}

/** @throws InvalidArgumentError when other labels are asked for than the head knows */
export function requireLabelsOf({ labels }: PerceptionHead, candidates: readonly string[] = labels): void {
  if (isSameSet(labels, candidates)) return;
  throw new InvalidArgumentError({
    message: `analyze: the candidates are ${candidates.join(', ')}, the perception head knows ${labels.join(', ')}`,
    hint: 'Leave candidates out, or pass perceptionHead: false to ask the language model alone.',
    argument: 'candidates',
  });
}

function isSameSet(labels: readonly string[], candidates: readonly string[]): boolean {
  const wanted = new Set(candidates.map((label) => label.trim().toLowerCase()));
  return wanted.size === labels.length && labels.every((label) => wanted.has(label));
}
