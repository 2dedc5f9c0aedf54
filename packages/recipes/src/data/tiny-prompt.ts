import { type AnyTaskId, buildPrompt, type Dialogue, type ModalityMode, type PromptOptions } from '@nano-emox/tasks';
import type { Modality, PromptSegment } from '@nano-emox/tensor-contract';

/**
 * How the tiny model is asked, in training and at inference alike: one wording per task, and no list of candidates, because
 * the model learns the two closed sets and short prompts are what it can afford.
 */
export const tinyPromptOptions = Object.freeze({
  candidates: false,
  paraphrase: 0,
  template: 'paper',
} as const) satisfies PromptOptions;

/** What a prompt shows besides the question. */
export interface TinyPromptContent {
  readonly mode: ModalityMode;
  /** Words spoken; empty where there are none. */
  readonly subtitle: string;
  /** What was said before and now, in place of the subtitle. */
  readonly dialogue?: Dialogue;
  /** What EI-reg and EI-oc ask about. */
  readonly emotion?: string;
}

/** The prompt of one task for the tiny model. @throws InvalidArgumentError for an unknown task or mode */
export function tinyPrompt(task: AnyTaskId, content: TinyPromptContent): PromptSegment[] {
  return buildPrompt(task, { ...tinyPromptOptions, ...content });
}

/**
 * A prompt with words in the places of soft tokens, for a language model that has not met an encoder yet: it learns to look
 * inside the tags, and the adapters later put there what says the same.
 * @param descriptions words per modality; a modality without any stands there empty
 * @returns one text segment
 */
export function describedPrompt(
  task: AnyTaskId,
  content: TinyPromptContent,
  descriptions: Partial<Readonly<Record<Modality, string>>>,
): PromptSegment[] {
  const texts = tinyPrompt(task, content).map((segment) =>
    'text' in segment ? segment.text : (descriptions[segment.modality] ?? ''),
  );
  return [{ text: texts.join('') }];
}
