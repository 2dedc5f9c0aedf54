import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { allTensors, expectedTensors, fixture } from '../__fixtures__/files';
import { openCheckpoint } from '../open-checkpoint';
import { applyNameTable, renameCheckpoint } from '../tables/apply-table';
import { invertTable } from '../tables/tensor-table';
import { ggufDecoderTable, ggufModelConfig } from './gguf-language-model';

describe('a GGUF file', () => {
  // Oracle: gguf-py, quants.dequantize.
  it('gives the values of every type to the bit', async () => {
    await using checkpoint = await openCheckpoint(fixture('types.gguf'));
    expect(checkpoint.format).toBe('gguf');
    expect(await allTensors(checkpoint)).toEqual(await expectedTensors('types.safetensors'));
    expect(checkpoint.entries.get('Q6_K')).toMatchObject({ type: 'float32', dims: [2, 512], storage: 'Q6_K' });
  });

  it('gives metadata of every type', async () => {
    await using checkpoint = await openCheckpoint(fixture('types.gguf'));
    expect(checkpoint.metadata).toMatchObject({
      'gguf.version': 3,
      'general.architecture': 'llama',
      'of.uint8': 255,
      'of.int8': -128,
      'of.uint16': 65535,
      'of.int16': -32768,
      'of.uint32': 2 ** 32 - 1,
      'of.int32': -(2 ** 31),
      'of.uint64': 2n ** 64n - 1n,
      'of.int64': -(2n ** 63n),
      'of.float32': Math.fround(0.1),
      'of.float64': 0.1,
      'of.bool': true,
      'of.string': 'naïve 😀',
      'of.array': [1, 2, 3],
      'of.texts': ['a', '', 'ü'],
      'of.floats': [0.5, -1.5],
      'general.alignment': 64,
    });
  });
});

describe('a decoder in a GGUF file', () => {
  it('has the names and the rows of Hugging Face after its table, and its own after the way back', async () => {
    await using checkpoint = await openCheckpoint(fixture('decoder.gguf'));
    const table = ggufDecoderTable(checkpoint.metadata);
    const own = await allTensors(checkpoint);
    const renamed = renameCheckpoint(checkpoint, table);
    expect(await allTensors(renamed)).toEqual(await expectedTensors('decoder.safetensors'));
    expect(applyNameTable(invertTable(table), applyNameTable(table, own))).toEqual(own);
    expect(own.get('blk.0.attn_q.weight')).not.toEqual(await renamed.tensor('model.layers.0.self_attn.q_proj.weight'));
  });

  it('states its sizes', async () => {
    await using checkpoint = await openCheckpoint(fixture('decoder.gguf'));
    expect(ggufModelConfig(checkpoint.metadata)).toEqual({
      model_type: 'llama',
      vocab_size: 24,
      hidden_size: 16,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 4,
      intermediate_size: 20,
      rope_theta: 50000,
      rms_norm_eps: Math.fround(1e-5),
      max_position_embeddings: 64,
    });
  });

  it.each([
    [{ 'general.architecture': 'mamba' }],
    [{ 'llama.block_count': 'many' }],
    [{ 'llama.rope.scaling.type': 'yarn' }],
  ])('is refused with %o', async (change) => {
    await using checkpoint = await openCheckpoint(fixture('decoder.gguf'));
    expect(() => ggufModelConfig({ ...checkpoint.metadata, ...change })).toThrow(InvalidConfigError);
  });

  it('keeps rows where the architecture does not permute them', () => {
    const sizes = { 'embedding_length': 8, 'block_count': 1, 'attention.head_count': 2, 'feed_forward_length': 8, 'attention.layer_norm_rms_epsilon': 1e-6, 'context_length': 8, 'vocab_size': 4 }; // biome-ignore format: one line
    const metadata = Object.fromEntries(Object.entries(sizes).map(([key, value]) => [`qwen2.${key}`, value]));
    const table = ggufDecoderTable({ 'general.architecture': 'qwen2', ...metadata });
    expect(table).toContainEqual({ from: 'blk.*.attn_q.*', to: 'model.layers.*.self_attn.q_proj.*' });
  });
});
