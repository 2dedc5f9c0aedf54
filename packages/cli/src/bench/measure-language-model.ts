import { tokenizePrompt } from '@nano-emox/lm-lora';
import { buildPrompt } from '@nano-emox/tasks';
import type { AnalysisResult, EncodedClip, NanoEmoX } from 'nano-emox';

/** An answer of this length is measured, unless the model ends it before. */
const MAX_ANSWER_TOKENS = 64;

/** One question, timed. */
export interface AnswerTimes {
  readonly promptTokens: number;
  /** From the question to the first token. */
  readonly promptMs: number;
  /** Tokens behind the first. */
  readonly answerTokens: number;
  /** From the first token to the last. */
  readonly answerMs: number;
}

/** Asks for an empathic response, which has the longest prompt and the longest answer, and times its tokens. */
export async function timeAnswer(
  { components: { languageModel } }: NanoEmoX,
  clip: EncodedClip,
  { mode, words }: Pick<AnalysisResult, 'mode' | 'words'>,
  signal: AbortSignal,
): Promise<AnswerTimes> {
  const prompt = buildPrompt('erg', { mode, subtitle: words });
  const softTokens = clip.softTokens.filter((given) =>
    prompt.some((segment) => 'modality' in segment && segment.modality === given.modality),
  );
  const counts = Object.fromEntries(softTokens.map(({ modality, embeddings }) => [modality, embeddings.dims[1]]));
  const { tokenizer, config } = languageModel;
  const { inputIds } = tokenizePrompt(tokenizer, prompt, counts, config.specialTokens.bos);
  const timesMs = [performance.now()];
  // Without a text to stop at, so that only the end of the model's own text ends the measurement early.
  for await (const _ of languageModel.generate(prompt, softTokens, { maxNewTokens: MAX_ANSWER_TOKENS, signal })) {
    timesMs.push(performance.now());
  }
  const [asked, first] = timesMs as [number, number];
  return {
    promptTokens: inputIds.length,
    promptMs: first - asked,
    answerTokens: timesMs.length - 2,
    answerMs: (timesMs.at(-1) as number) - first,
  };
}
