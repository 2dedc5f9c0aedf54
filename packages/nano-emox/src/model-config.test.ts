import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { presets, resolveModelConfig } from './model-config';

describe('resolveModelConfig', () => {
  it.each(Object.entries(presets))('leaves the preset %s as it is, also after it went through JSON', (_, preset) => {
    expect(resolveModelConfig(preset)).toEqual(preset);
    expect(resolveModelConfig(JSON.parse(JSON.stringify(preset)))).toEqual(preset);
  });

  it('has the published sizes in paper', () => {
    const { sceneEncoder, audioEncoder, faceEncoder, languageModel, fusion, input } = resolveModelConfig(presets.paper);
    expect([sceneEncoder.hidden, audioEncoder.hidden, faceEncoder.headWidth]).toEqual([1024, 1024, 256]);
    expect(fusion).toMatchObject({ type: 'multiscale', hidden: 512, experts: 3 });
    expect([languageModel.hidden, languageModel.layers]).toEqual([1536, 28]);
    expect([input.frames, input.clips]).toEqual([8, 8]);
  });

  const { tiny } = presets;
  const misfits: [string, Parameters<typeof resolveModelConfig>[0]][] = [
    ['faceEncoder.lmDim', { ...tiny, faceEncoder: { ...tiny.faceEncoder, lmDim: 64 } }],
    ['videoAdapter.inputDim', { ...tiny, videoAdapter: { ...tiny.videoAdapter, inputDim: 64 } }],
    ['audioAdapter.lmDim', { ...tiny, audioAdapter: { ...tiny.audioAdapter, lmDim: 64 } }],
    ['fusion.sceneDim', { ...tiny, fusion: { ...tiny.fusion, sceneDim: 64 } }],
    ['faceEncoder.imageSize', { ...tiny, faceEncoder: { ...tiny.faceEncoder, imageSize: [64, 128] } }],
    ['sceneEncoder.levels.length', { ...tiny, sceneEncoder: { ...tiny.sceneEncoder, levels: [2, 4] } }],
    ['audioEncoder.levels.length', { ...tiny, audioEncoder: { ...tiny.audioEncoder, levels: [1, 2, 3, 4] } }],
  ];

  it.each(misfits)('refuses parts that do not meet: %s', (field, config) => {
    expect(() => resolveModelConfig(config)).toThrow(InvalidConfigError);
    expect(() => resolveModelConfig(config)).toThrow(expect.objectContaining({ field }));
  });
});
