import { traceModule } from '@nano-emox/engine';
import { type Checkpoint, openCheckpoint, requireTensors } from '@nano-emox/engine/checkpoints';
import type { HostTensor, RunOptions } from '@nano-emox/tensor-contract';
import type { ChatTemplate } from '../chat/chat-template';
import { type DecoderConfig, resolveDecoderConfig } from '../config/decoder-config';
import type { LoraConfig } from '../config/lora-config';
import { decoderModule, isRedundantWeight } from '../decoder/decoder-module';
import { attachLora, type DecoderWeights } from '../lora/lora-weights';
import type { TextTokenizer } from '../tokenizer/text-tokenizer';
import { type CheckpointSource, folderSource, ggufSource } from './checkpoint-source';
import { statedDecoderConfig } from './stated-config';

/** How a checkpoint becomes a decoder. */
export interface ReadLanguageCheckpointOptions extends RunOptions {
  /** Longest sequence, at most what the model states; sizes the rotary table. @default what it states, at most 8192 */
  readonly maxPositions?: number | undefined;
  /** Adds fresh low-rank matrices, to be trained. @default none */
  readonly lora?: Partial<LoraConfig> | undefined;
  /** Seed of the low-rank matrices. @default 0 */
  readonly seed?: number | undefined;
}

/** A language model from a checkpoint, in memory. */
export interface LanguageCheckpoint extends DecoderWeights {
  readonly tokenizer: TextTokenizer;
  /** Undefined for models that were not taught to read conversations. */
  readonly chatTemplate: ChatTemplate | undefined;
}

/** A language model on disk: everything but the values of its tensors is known. The caller disposes the checkpoint. */
export interface OpenLanguageCheckpoint extends Omit<LanguageCheckpoint, 'weights'> {
  /** Under Hugging Face names. */
  readonly checkpoint: Checkpoint;
}

/**
 * Opens a language model of the Llama or Qwen2 family as people have it: a GGUF file, or the folder of a Hugging Face repository
 * (safetensors or `pytorch_model.bin`, sharded or not). Sizes, tokenizer, end tokens and chat template come from the same source.
 * @param path a file, a folder, or the files of one model
 * @throws MissingFileError, InvalidFileError, InvalidConfigError (another architecture), AbortedError
 */
export async function openLanguageCheckpoint(
  path: string | readonly string[],
  { maxPositions, signal }: Pick<ReadLanguageCheckpointOptions, 'maxPositions' | 'signal'> = {},
): Promise<OpenLanguageCheckpoint> {
  const opened = await openCheckpoint(path, { signal });
  try {
    const source = opened.format === 'gguf' ? ggufSource(opened) : await folderSource(opened);
    const { checkpoint, tokenizer, chatTemplate } = source;
    return { checkpoint, config: configOf(source, maxPositions), tokenizer, chatTemplate };
  } catch (error) {
    await opened.dispose();
    throw error;
  }
}

/**
 * Reads what {@link openLanguageCheckpoint} opens. Names and shapes are checked before a value is read; quantised and half-precision
 * values become float32, tensor by tensor.
 * @throws as {@link openLanguageCheckpoint}, and WeightsMismatchError
 */
export async function readLanguageCheckpoint(
  path: string,
  options: ReadLanguageCheckpointOptions = {},
): Promise<LanguageCheckpoint> {
  const { lora, seed, signal } = options;
  const { checkpoint, config, tokenizer, chatTemplate } = await openLanguageCheckpoint(path, options);
  await using opened = checkpoint;
  const decoder = { config, weights: await readWeights(opened, config, signal) };
  return { ...(lora ? attachLora(decoder, lora, seed) : decoder), tokenizer, chatTemplate };
}

function configOf({ checkpoint, stated, specialTokens }: CheckpointSource, maxPositions?: number): DecoderConfig {
  const facts = {
    hasHead: checkpoint.entries.has('lm_head.weight'),
    hasAttentionBias: checkpoint.entries.has('model.layers.0.self_attn.q_proj.bias'),
  };
  return resolveDecoderConfig(statedDecoderConfig(stated, facts, specialTokens, maxPositions));
}

async function readWeights(
  checkpoint: Checkpoint,
  config: DecoderConfig,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, HostTensor>> {
  const { parameters } = traceModule(decoderModule, config);
  const shapes = new Map([...parameters].map(([name, { shape }]) => [name, shape as number[]]));
  requireTensors(checkpoint, shapes, { ignores: (name) => isRedundantWeight(name, config) });
  const weights = new Map<string, HostTensor>();
  for await (const [name, tensor] of checkpoint.tensors(shapes.keys(), { signal })) weights.set(name, tensor);
  return weights;
}
