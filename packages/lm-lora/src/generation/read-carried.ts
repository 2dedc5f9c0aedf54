import type { AttentionExtension } from '@nano-emox/engine';
import { type ComponentOptions, componentFromWeights } from '@nano-emox/engine/runtime';
import type { HostTensor, PromptSegment, RunOptions, SoftTokens } from '@nano-emox/tensor-contract';
import type { CausalLanguageModel } from '../causal-language-model';
import { carriedSpecs } from '../decoder/layer-attention';
import { generationDefinitionWith } from '../language-model-definition';
import { assemblePrompt } from './assemble-prompt';
import { DecoderRun } from './decoder-run';

export interface ReadCarriedOptions extends RunOptions, ComponentOptions {
  /** Text that is read as the answer to the prompt. @default none */
  readonly answer?: string;
}

/**
 * Reads a prompt with `extension` in the place of the attention of `model`, and returns what it carries after the last token, layer
 * by layer. With an extension that only observes, this is how a model is measured. Compiles a graph of its own for the call.
 * @param extension of the type of `model.config.attention`, or of any type where that is absent; it may have no weights that the
 *   model lacks
 * @throws InvalidConfigError, WeightsMismatchError, MissingModalityError, InvalidArgumentError, ShapeMismatchError, AbortedError
 */
export async function readCarried(
  model: CausalLanguageModel,
  extension: AttentionExtension,
  prompt: readonly PromptSegment[],
  softTokens: readonly SoftTokens[],
  { answer = '', ...options }: ReadCarriedOptions = {},
): Promise<readonly Readonly<Record<string, HostTensor>>[]> {
  const config = { ...model.config, attention: model.config.attention ?? { type: extension.type } };
  const assembled = assemblePrompt(model.tokenizer, config, prompt, softTokens);
  const answerIds = model.tokenizer.encode(answer);
  const handle = await componentFromWeights(generationDefinitionWith(extension), config, model.weights, options);
  try {
    const run = await DecoderRun.start({ handle, extension });
    try {
      await run.append({ ...assembled, signal: options.signal });
      if (answerIds.length > 0) await run.append({ inputIds: answerIds, signal: options.signal });
      const cache = await run.readCache();
      const names = Object.keys(carriedSpecs(handle.config, extension));
      return Array.from({ length: config.layers }, (_, layer) =>
        Object.fromEntries(names.map((name) => [name, cache[`past.${layer}.${name}`] as HostTensor])),
      );
    } finally {
      await run.dispose();
    }
  } finally {
    await handle.dispose();
  }
}
