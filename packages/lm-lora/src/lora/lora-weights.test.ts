import { componentFromWeights, createComponent, openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, maxDifference } from '@nano-emox/engine/testing';
import {
  type FloatTensor,
  type HostTensor,
  InvalidConfigError,
  WeightsMismatchError,
} from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { oracleConfigs, readOracle } from '../__fixtures__/fixtures';
import type { DecoderConfig } from '../config/decoder-config';
import { decoderDefinition } from '../language-model-definition';
import { peftAdapterNames, publishedNames } from './foreign-names';
import { attachLora, isLoraWeight, loraWeights, mergeLora } from './lora-weights';

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

const ids = [7, 3, 90, 41, 2, 2, 60];

async function logitsOf(config: DecoderConfig, weights: ReadonlyMap<string, HostTensor>): Promise<Float32Array> {
  const model = await componentFromWeights(decoderDefinition, config, weights, { executor });
  const dims = [1, ids.length];
  const { logits } = await model.run({
    inputIds: { type: 'int64', dims, data: BigInt64Array.from(ids, BigInt) },
    attentionMask: { type: 'bool', dims, data: new Uint8Array(ids.length).fill(1) },
    spliceIndex: { type: 'int64', dims, data: new BigInt64Array(ids.length).fill(-1n) },
    softTokens: { type: 'float32', dims: [1, 0, 32], data: new Float32Array(0) },
  });
  await model.dispose();
  return (logits as FloatTensor).data;
}

describe('LoRA', () => {
  it('merged into the base computes what it computed beside it', async () => {
    const { weights } = await readOracle('qwen2-lora');
    const merged = mergeLora({ config: oracleConfigs.qwen2Lora, weights });
    expect(merged.config).toEqual(oracleConfigs.qwen2);
    expect([...merged.weights.keys()].some(isLoraWeight)).toBe(false);
    const beside = await logitsOf(oracleConfigs.qwen2Lora, weights);
    assertAllclose(await logitsOf(merged.config, merged.weights), beside, 1e-4);
    // Merging leaves its input alone.
    expect(maxDifference(await logitsOf(oracleConfigs.qwen2Lora, weights), beside)).toBe(0);
  });

  it('changes nothing when it is fresh, and its matrices are those of peft', async () => {
    const { weights } = await readOracle('qwen2-lora');
    const base = new Map([...weights].filter(([name]) => !isLoraWeight(name)));
    const attached = attachLora({ config: oracleConfigs.qwen2, weights: base }, { rank: 4 }, 11);
    expect(attached.weights.size).toBe(weights.size);
    expect(attached.config.lora).toEqual({
      rank: 4,
      alpha: 8,
      dropout: 0.05,
      targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
    });
    expect(await logitsOf(attached.config, attached.weights)).toEqual(await logitsOf(oracleConfigs.qwen2, base));
    const at = (name: string) => attached.weights.get(`model.layers.1.mlp.down_proj.${name}`) as FloatTensor;
    expect(at('lora_B.default.weight').data.every((value) => value === 0)).toBe(true);
    // U(±1/√48): 192 draws come close to the bound and never cross it.
    const largest = Math.max(...at('lora_A.default.weight').data.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(48));
    expect(largest).toBeGreaterThan(0.9 / Math.sqrt(48));
  });

  it('may sit on some projections only', async () => {
    const { config, weights } = attachLora(
      { config: oracleConfigs.qwen2, weights: new Map() },
      { rank: 2, targets: ['q_proj', 'v_proj'] },
    );
    expect([...weights.keys()].filter((name) => name.endsWith('lora_A.default.weight'))).toHaveLength(
      2 * config.layers,
    );
    const model = await createComponent(decoderDefinition, config, { executor });
    expect([...loraWeights(model.weights).keys()].sort()).toEqual([...weights.keys()].sort());
    await model.dispose();
  });

  it('names what is wrong', async () => {
    const { weights } = await readOracle('qwen2-lora');
    const half = new Map([...weights].filter(([name]) => name !== 'model.layers.0.mlp.up_proj.lora_B.default.weight'));
    expect(() => mergeLora({ config: oracleConfigs.qwen2Lora, weights: half })).toThrow(WeightsMismatchError);
    for (const lora of [{}, { rank: 0 }, { rank: 4, dropout: 1 }, { rank: 4, alpha: -1 }, { rank: 4, targets: [] }])
      expect(() => attachLora({ config: oracleConfigs.qwen2, weights }, lora)).toThrow(InvalidConfigError);
  });
});

describe('names of other programs', () => {
  it('lead to ours and back', () => {
    const published = 'llama_model.base_model.model.model.layers.3.self_attn.q_proj.';
    const ours = 'model.layers.3.self_attn.q_proj.';
    const pairs = [
      [`${published}base_layer.weight`, `${ours}weight`],
      [`${published}base_layer.bias`, `${ours}bias`],
      [`${published}lora_A.default.weight`, `${ours}lora_A.default.weight`],
      ['llama_model.base_model.model.model.norm.weight', 'model.norm.weight'],
      ['llama_model.base_model.model.model.embed_tokens.weight', 'model.embed_tokens.weight'],
    ] as const;
    for (const [theirs, own] of pairs) {
      expect(publishedNames.renameName(theirs)).toBe(own);
      expect(publishedNames.invert().renameName(own)).toBe(theirs);
    }
    const saved = 'base_model.model.model.layers.0.mlp.up_proj.lora_B.weight';
    expect(peftAdapterNames.renameName(saved)).toBe('model.layers.0.mlp.up_proj.lora_B.default.weight');
    expect(peftAdapterNames.invert().renameName(peftAdapterNames.renameName(saved))).toBe(saved);
  });
});
