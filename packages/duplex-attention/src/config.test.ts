import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { isDuplexWeight, isUnusedPublishedWeight, presets, publishedNames, resolveDuplexConfig } from './index';

describe('resolveDuplexConfig', () => {
  it('fills what the variant has, once and for all', () => {
    expect(resolveDuplexConfig()).toEqual(presets.paper);
    expect(resolveDuplexConfig({ variant: 'code' })).toEqual(presets.code);
    for (const preset of Object.values(presets)) expect(resolveDuplexConfig(preset)).toEqual(preset);
    expect(resolveDuplexConfig(JSON.parse(JSON.stringify(presets.maskOnly)))).toEqual(presets.maskOnly);
  });

  it.each([
    ['variant', { variant: 'book' }],
    ['fuser', { variant: 'code', fuser: 'add' }],
    ['fuser', { fuser: 'multiply' }],
    ['mask', { mask: 1 }],
    ['aligners', { aligners: 'yes' }],
    ['maskDecay', { maskDecay: 0 }],
    ['visual', { visual: [] }],
    ['visual', { visual: ['frame', 'frame'] }],
    ['visual', { visual: ['text'] }],
    ['type', { type: 'duplex' }],
    ['beta', { beta: 0.1 }],
  ])('refuses a wrong %s', (field, config) => {
    const resolve = () => resolveDuplexConfig(config as object);
    expect(resolve).toThrow(InvalidConfigError);
    expect(resolve).toThrow(expect.objectContaining({ field }));
  });
});

describe('names', () => {
  it('of a released checkpoint are ours and back, and those nobody reads are known', () => {
    const published = ['ratio_v', 'pfuser_v.weight'].map((name) => `model.layers.31.self_attn.${name}`);
    const ours = published.map((name) => publishedNames.renameName(name));
    expect(ours).toEqual(['duplex_attention.layers.31.ratio_v', 'duplex_attention.layers.31.pfuser_v.weight']);
    expect(ours.every(isDuplexWeight)).toBe(true);
    expect(ours.map((name) => publishedNames.invert().renameName(name))).toEqual(published);
    const unused = ['ratio_t', 'pfuser_t.weight', 'pnorm.weight', 'ratio_v', 'q_proj.weight'];
    expect(unused.map((name) => isUnusedPublishedWeight(`model.layers.0.self_attn.${name}`))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
