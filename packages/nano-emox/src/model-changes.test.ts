import { describe, expect, it } from 'vitest';
import { changeModelConfig, type ModelChanges } from './model-changes';
import { type EmotionModelConfig, presets, resolveModelConfig } from './model-config';

const { tiny, paper } = presets;

describe('changeModelConfig', () => {
  it.each([
    ['multiscale', paper.fusion],
    // Published sizes of the alternatives (fact sheet 5.1).
    ['qformer', { commonDim: 1024, hidden: 768, heads: 12, mlpDim: 3072, layers: 2, positions: 264, lmDim: 1536 }],
    ['attention', { commonDim: 1024, audioDim: 1024, sceneDim: 1024, lmDim: 1536 }],
    ['densemoe', { commonDim: 1024, routerDim: 128, experts: 3, routerNoise: false }],
  ] as const)('gives fusion %s its published sizes', (fusionType, sizes) => {
    expect(changeModelConfig(paper, { fusionType }).fusion).toMatchObject({ type: fusionType, ...sizes });
  });

  it('exchanges both adapters', () => {
    const { videoAdapter, audioAdapter } = changeModelConfig(paper, { adapterType: 'mean' });
    const shared = { type: 'mean', tokens: 32, inputDim: 1024, lmDim: 1536 };
    expect([videoAdapter, audioAdapter]).toEqual([
      { ...shared, modality: 'frame' },
      { ...shared, modality: 'audio' },
    ]);
  });

  it('changes the rank and keeps the scale', () => {
    const { lora } = changeModelConfig(paper, { loraRank: 4 }).languageModel;
    expect(lora).toEqual({ ...paper.languageModel.lora, rank: 4, alpha: 8 });
  });

  it('changes back: what has a type already stays as it is', () => {
    expect(changeModelConfig(tiny, { fusionType: 'multiscale', adapterType: 'qformer', loraRank: 8 })).toEqual(
      resolveModelConfig(tiny),
    );
  });

  it('leaves branches out, several changes at once too', () => {
    const changed = changeModelConfig(tiny, { without: ['face', 'multi'], adapterType: 'linear' });
    expect(changed).toMatchObject({ without: ['face', 'multi'], videoAdapter: { type: 'linear' } });
    expect(resolveModelConfig(JSON.parse(JSON.stringify(changed)) as EmotionModelConfig)).toEqual(changed);
  });

  it.each([
    ['without', { without: ['audio'] }],
    ['type', { fusionType: 'sum' }],
    ['lora.rank', { loraRank: 0 }],
  ])('refuses a wrong %s', (field, changes) => {
    const change = () => changeModelConfig(tiny, changes as unknown as ModelChanges);
    expect(change).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', field }));
  });

  it('refuses a rank for a model without low-rank matrices', () => {
    const { lora: _, ...plain } = tiny.languageModel;
    const change = () => changeModelConfig({ ...tiny, languageModel: plain }, { loraRank: 4 });
    expect(change).toThrow(expect.objectContaining({ field: 'languageModel.lora' }));
  });
});
