import { expect, it } from 'vitest';
import { brief, createTinyModel, sampleClip } from '../__fixtures__/tiny-model';
import { presets } from '../index';

it.each([
  [['face'], ['frame', 'audio', 'multi'], 'multiframe_audio_frame_text'],
  [['multi'], ['frame', 'face', 'audio'], 'faceframe'],
] as const)('a model without %j does not show it to the language model', async (without, modalities, mode) => {
  const model = await createTinyModel({ workers: 0 }, { ...presets.tiny, without });
  const result = await model.analyze(sampleClip, { tasks: ['mer'], sampling: brief });
  expect(result.modalities).toEqual(modalities);
  expect(result.mode).toBe(mode);
  await model.dispose();
});
