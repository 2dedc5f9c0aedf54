import { InvalidConfigError } from '@nano-emox/tensor-contract';
import type { TensorTable } from '../tables/tensor-table';

/** Metadata of an open GGUF checkpoint. */
export type GgufFields = Readonly<Record<string, unknown>>;

/** Sizes of a decoder of the Llama / Qwen2 family, under the names of Hugging Face's `config.json`. */
export interface GgufModelConfig {
  /** As the file names it: `llama` (Mistral and SmolLM too) or `qwen2`. */
  readonly model_type: string;
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly intermediate_size: number;
  readonly rope_theta: number;
  readonly rms_norm_eps: number;
  readonly max_position_embeddings: number;
}

/** Architectures whose tensors are read as a decoder, and whether their query and key rows are stored in rotary pairs. */
const architectures: Readonly<Record<string, { readonly rotaryPairs: boolean }>> = {
  llama: { rotaryPairs: true },
  qwen2: { rotaryPairs: false },
};

/**
 * The sizes that a GGUF file states. Whether the head is tied to the embedding is told by the absence of `lm_head.weight`.
 * @throws InvalidConfigError on another architecture, a missing size, or scaled rotary frequencies
 */
export function ggufModelConfig(metadata: GgufFields): GgufModelConfig {
  const { name } = requireArchitecture(metadata);
  const field = (key: string) => `${name}.${key}`;
  const size = (key: string, fallback?: number): number => {
    const value = metadata[field(key)] ?? fallback;
    return typeof value === 'number' && value > 0 ? value : reject(field(key), `is ${value}, not a size`);
  };
  const scaling = metadata[field('rope.scaling.type')];
  if (scaling !== undefined && scaling !== 'none')
    reject(field('rope.scaling.type'), `is ${scaling}, which is not computed here`);
  const tokens = metadata['tokenizer.ggml.tokens'];
  const heads = size('attention.head_count');
  const hidden = size('embedding_length');
  return {
    model_type: name,
    vocab_size: size('vocab_size', Array.isArray(tokens) ? tokens.length : undefined),
    hidden_size: hidden,
    num_hidden_layers: size('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: size('attention.head_count_kv', heads),
    head_dim: size('attention.key_length', hidden / heads),
    intermediate_size: size('feed_forward_length'),
    rope_theta: size('rope.freq_base', 10_000), // llama.cpp's default
    rms_norm_eps: size('attention.layer_norm_rms_epsilon'),
    max_position_embeddings: size('context_length'),
  };
}

/**
 * Names of a GGUF file to those of Hugging Face's Llama and Qwen2. Files of the `llama` architecture keep the rows of query
 * and key projections in the order of llama.cpp; they are put back.
 * @throws InvalidConfigError as {@link ggufModelConfig}
 * @see convert_hf_to_gguf.py of llama.cpp, `LlamaModel.permute`, and gguf-py/gguf/tensor_mapping.py
 */
export function ggufDecoderTable(metadata: GgufFields): TensorTable {
  const { rotaryPairs } = requireArchitecture(metadata);
  const config = ggufModelConfig(metadata);
  const layer = (from: string, to: string) => ({ from: `blk.*.${from}.*`, to: `model.layers.*.${to}.*` });
  const rotary = (from: string, to: string, heads: number) => ({
    ...layer(from, to),
    ...(rotaryPairs && { change: { kind: 'rotary-rows', heads, to: 'halves' } as const }),
  });
  return [
    { from: 'token_embd.weight', to: 'model.embed_tokens.weight' },
    rotary('attn_q', 'self_attn.q_proj', config.num_attention_heads),
    rotary('attn_k', 'self_attn.k_proj', config.num_key_value_heads),
    layer('attn_v', 'self_attn.v_proj'),
    layer('attn_output', 'self_attn.o_proj'),
    layer('attn_norm', 'input_layernorm'),
    layer('ffn_norm', 'post_attention_layernorm'),
    layer('ffn_gate', 'mlp.gate_proj'),
    layer('ffn_up', 'mlp.up_proj'),
    layer('ffn_down', 'mlp.down_proj'),
    { from: 'output_norm.weight', to: 'model.norm.weight' },
    { from: 'output.weight', to: 'lm_head.weight' },
  ];
}

function requireArchitecture(metadata: GgufFields) {
  const name = metadata['general.architecture'];
  const found = typeof name === 'string' && Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  if (typeof name === 'string' && found !== undefined) return { name, ...found };
  return reject(
    'general.architecture',
    `is ${JSON.stringify(name)}, ${Object.keys(architectures).join(' and ')} are read`,
  );
}

function reject(field: string, problem: string): never {
  throw new InvalidConfigError({
    message: `GGUF: ${field} ${problem}`,
    hint: 'Give a language model of the Llama or Qwen2 family.',
    field,
  });
}
