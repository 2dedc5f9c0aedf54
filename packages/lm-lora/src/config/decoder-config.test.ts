import { traceModule } from '@nano-emox/engine';
import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { decoderModule } from '../decoder/decoder-module';
import { isLoraWeight } from '../lora/lora-weights';
import { type DecoderConfigInput, presets, resolveDecoderConfig } from './decoder-config';

describe('resolveDecoderConfig', () => {
  const sizes = { vocabSize: 100, hidden: 16, layers: 1, heads: 2, mlp: 24 };

  it('fills defaults, and means the tiny preset when nothing is given', () => {
    expect(resolveDecoderConfig(sizes)).toEqual({
      ...sizes,
      keyHeads: 2,
      headDim: 8,
      ropeTheta: 10_000,
      rmsEps: 1e-6,
      attentionBias: false,
      tiedHead: true,
      maxPositions: 2048,
      specialTokens: { bos: 0, eos: [1] },
    });
    expect(resolveDecoderConfig({})).toBe(presets.tiny);
    expect(resolveDecoderConfig(presets.paper)).toEqual(presets.paper);
  });

  const wrong: [string, DecoderConfigInput][] = [
    ['hidden', { vocabSize: 100, layers: 1, heads: 2, mlp: 24 }],
    ['layers', { ...sizes, layers: 0 }],
    ['headDim', { ...sizes, heads: 3 }],
    ['headDim', { ...sizes, headDim: 7 }],
    ['heads', { ...sizes, keyHeads: 4 }],
    ['rmsEps', { ...sizes, rmsEps: 0 }],
    ['specialTokens.bos', { ...sizes, specialTokens: { bos: 100 } }],
    ['specialTokens.eos', { ...sizes, specialTokens: { eos: [-1] } }],
    ['lora.rank', { ...sizes, lora: { rank: 0.5 } }],
    ['intermediate', { ...sizes, intermediate: 24 } as DecoderConfigInput],
  ];
  it.each(wrong)('refuses a wrong %s', (field, config) => {
    expect(() => resolveDecoderConfig(config)).toThrow(InvalidConfigError);
    expect(() => resolveDecoderConfig(config)).toThrow(expect.objectContaining({ field }));
  });
});

describe('presets', () => {
  const count = (config: typeof presets.paper, isCounted: (name: string) => boolean): number =>
    [...traceModule(decoderModule, config).parameters]
      .filter(([name]) => isCounted(name))
      .reduce((sum, [, { shape }]) => sum + (shape as number[]).reduce((product, dim) => product * dim, 1), 0);

  it('have the published number of parameters', () => {
    // Fact sheet, section 1: Qwen2.5-1.5B with tied head, and LoRA of rank 16 on 28 × 7 matrices.
    expect(count(presets.paper, (name) => !isLoraWeight(name))).toBe(1_543_714_304);
    expect(count(presets.paper, isLoraWeight)).toBe(18_464_768);
  });
});
