import {
  type AttentionDiscrepancy,
  discrepancyOf,
  duplexAttention,
  observeAttention,
} from '@nano-emox/duplex-attention';
import type { Executor } from '@nano-emox/engine';
import { readCarried } from '@nano-emox/lm-lora';
import { modeForModalities, type TaskId } from '@nano-emox/tasks';
import type { RunOptions } from '@nano-emox/tensor-contract';
import type { ModelComponents } from '../model/components';
import type { EmotionModelConfig } from '../model-config';
import { promptOf, type Question } from './ask-task';
import type { EncodeClipOptions, EncodedClip } from './encode-clip';

export interface MeasureAttentionOptions
  extends EncodeClipOptions,
    RunOptions,
    Pick<Question, 'candidates' | 'dialogue'> {
  /** Question whose prompt is read. @default 'mer' */
  readonly task?: TaskId;
  /** Words spoken in the clip. @default '' */
  readonly words?: string;
  /** Text that is read as the answer, so that its attention counts too. @default none */
  readonly answer?: string;
}

/** How unevenly the language model attends to words and to what it sees and hears, while it reads a question about a clip. */
export async function measureAttention(
  { languageModel }: ModelComponents,
  config: EmotionModelConfig,
  executor: Executor,
  clip: EncodedClip,
  { task = 'mer', words = '', answer, signal, ...rest }: MeasureAttentionOptions,
): Promise<AttentionDiscrepancy> {
  const mode = modeForModalities(clip.modalities, words !== '');
  const { prompt, softTokens } = promptOf(task, config, clip, { mode, words, ...rest });
  const observer = observeAttention(languageModel.config.attention ? duplexAttention : undefined);
  const options = { executor, signal, ...(answer !== undefined && { answer }) };
  return discrepancyOf(await readCarried(languageModel, observer, prompt, softTokens, options));
}
