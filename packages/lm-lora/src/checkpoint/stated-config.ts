import { InvalidConfigError } from '@nano-emox/tensor-contract';
import type { DecoderConfigInput, SpecialTokens } from '../config/decoder-config';

/** Fields of a Hugging Face `config.json`; a GGUF file states the same under other names. */
export type StatedConfig = Readonly<Record<string, unknown>>;

/** What the tensors of a checkpoint tell better than its configuration. */
export interface TensorFacts {
  /** Whether there is an output matrix besides the embedding table. */
  readonly hasHead: boolean;
  /** Whether q, k and v have a bias. */
  readonly hasAttentionBias: boolean;
}

/** Architectures that are this decoder. */
const modelTypes = ['llama', 'qwen2'];

/** Decimal digits that a 32-bit float can tell apart. */
const FLOAT32_DIGITS = 7;

/** Longest sequence unless told otherwise: the rotary table and, in use, the cache grow with it. */
const USUAL_POSITIONS = 8192;

/**
 * The configuration of the decoder that a checkpoint holds.
 * @param maxPositions longest sequence; longer than the model states is refused. @default what it states, at most 8192
 * @throws InvalidConfigError on another architecture, a missing size, or something that is not computed here
 * @see `LlamaConfig` and `Qwen2Config` of Hugging Face transformers
 */
export function statedDecoderConfig(
  stated: StatedConfig,
  { hasHead, hasAttentionBias }: TensorFacts,
  specialTokens: SpecialTokens,
  maxPositions?: number,
): DecoderConfigInput {
  requireDecoder(stated);
  const size = (field: string, fallback?: number): number => requireNumber(field, stated[field] ?? fallback);
  const rope = (stated.rope_parameters ?? {}) as StatedConfig;
  const [hidden, heads] = [size('hidden_size'), size('num_attention_heads')];
  const positions = size('max_position_embeddings');
  if (maxPositions !== undefined && maxPositions > positions)
    reject('max_position_embeddings', `is ${positions}, less than the ${maxPositions} positions asked for`);
  return {
    vocabSize: size('vocab_size'),
    hidden,
    layers: size('num_hidden_layers'),
    heads,
    keyHeads: size('num_key_value_heads', heads),
    headDim: size('head_dim', hidden / heads),
    mlp: size('intermediate_size'),
    ropeTheta: requireNumber('rope_theta', stated.rope_theta ?? rope.rope_theta ?? 10_000),
    rmsEps: Number(size('rms_norm_eps').toPrecision(FLOAT32_DIGITS)), // a GGUF file says 9.999999747378752e-6
    attentionBias: hasAttentionBias,
    tiedHead: stated.tie_word_embeddings === true || !hasHead,
    maxPositions: maxPositions ?? Math.min(positions, USUAL_POSITIONS),
    specialTokens,
  };
}

function requireDecoder(stated: StatedConfig): void {
  const type = stated.model_type;
  if (typeof type !== 'string' || !modelTypes.includes(type))
    reject('model_type', `is ${JSON.stringify(type)}; ${modelTypes.join(' and ')} are read`);
  const activation = stated.hidden_act ?? 'silu';
  if (activation !== 'silu') reject('hidden_act', `is ${JSON.stringify(activation)}; silu is computed`);
  const scaling = (stated.rope_scaling ?? stated.rope_parameters ?? {}) as StatedConfig;
  const ropeType = scaling.rope_type ?? scaling.type ?? 'default';
  if (ropeType !== 'default')
    reject('rope_scaling', `is ${JSON.stringify(ropeType)}; rotary frequencies are not scaled here`);
  if (stated.use_sliding_window === true) reject('use_sliding_window', 'is true; attention here reaches all tokens');
}

function requireNumber(field: string, value: unknown): number {
  return typeof value === 'number' ? value : reject(field, `is ${JSON.stringify(value)}, not a number`);
}

function reject(field: string, problem: string): never {
  throw new InvalidConfigError({
    message: `language model checkpoint: ${field} ${problem}`,
    hint: 'Give a model of the Llama or Qwen2 family. What CausalLanguageModel.save wrote is read by fromPretrained.',
    field,
  });
}
