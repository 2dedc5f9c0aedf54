import {
  type AnyTaskId,
  answerStop,
  buildPrompt,
  type Dialogue,
  type ModalityMode,
  readGenerated,
} from '@nano-emox/tasks';
import type { GeneratedToken, RunOptions, SamplingOptions } from '@nano-emox/tensor-contract';
import type { ModelComponents } from '../model/components';
import type { EmotionModelConfig } from '../model-config';
import type { EncodedClip } from './encode-clip';
import type { TaskOutcome } from './events';

/** Longest answer of each task; the longest training answers stay well below. */
const MAX_ANSWER_TOKENS: Readonly<Record<AnyTaskId, number>> = {
  msa: 32,
  mer: 24,
  ovMer: 48,
  eri: 128,
  mir: 16,
  erg: 192,
  eiReg: 24,
  eiOc: 24,
  vReg: 24,
  vOc: 24,
  eC: 48,
};

/** What a question is asked with, besides the clip. */
export interface Question {
  readonly mode: ModalityMode;
  /** Words spoken in the clip, '' for none. */
  readonly words: string;
  readonly dialogue?: Dialogue;
  /** Labels to choose from, for MER and MIR. @default the set of the task */
  readonly candidates?: readonly string[];
  /** The emotion that EI-reg and EI-oc ask about. */
  readonly emotion?: string;
  /** Labels that the model knows for MER, where they are others than those of the task. */
  readonly labels?: readonly string[];
}

export interface AskOptions extends RunOptions {
  /** @default greedy */
  readonly sampling?: SamplingOptions;
}

/** The prompt of a task, and those soft tokens of the clip that it has places for. */
export function promptOf(
  task: AnyTaskId,
  config: EmotionModelConfig,
  clip: Pick<EncodedClip, 'softTokens'>,
  question: Question,
) {
  const { mode, words, dialogue, candidates, labels, emotion } = question;
  const prompt = buildPrompt(task, {
    mode,
    subtitle: words,
    candidates: candidates ?? (config.input.listCandidates ? labels : false),
    ...(dialogue && { dialogue }),
    ...(emotion !== undefined && { emotion }),
  } as Parameters<typeof buildPrompt>[1]);
  const needed = new Set(prompt.flatMap((segment) => ('modality' in segment ? [segment.modality] : [])));
  return { prompt, softTokens: clip.softTokens.filter(({ modality }) => needed.has(modality)) };
}

/** Streams the text of one answer and returns what it means. */
export async function* askTask<Id extends AnyTaskId>(
  { languageModel }: ModelComponents,
  config: EmotionModelConfig,
  clip: EncodedClip,
  task: Id,
  question: Question,
  { sampling, signal }: AskOptions,
): AsyncGenerator<string, TaskOutcome<Id>, undefined> {
  const startedMs = performance.now();
  const { emotion, candidates = question.labels } = question;
  const { prompt, softTokens } = promptOf(task, config, clip, question);
  const options = { maxNewTokens: MAX_ANSWER_TOKENS[task], stop: [answerStop], ...sampling, signal };
  const tokens: GeneratedToken[] = [];
  for await (const token of languageModel.generate(prompt, softTokens, options)) {
    tokens.push(token);
    if (token.text !== '') yield token.text;
  }
  const outcome = readGenerated(task, tokens, {
    ...(candidates && { candidates }),
    ...(emotion !== undefined && { emotion }),
  });
  return { ...outcome, durationMs: performance.now() - startedMs } as TaskOutcome<Id>;
}
