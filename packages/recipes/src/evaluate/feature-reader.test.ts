import { frameSize } from '@nano-emox/face-encoder';
import { defaultModalityMode } from '@nano-emox/tasks';
import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import type { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallModel, hasTokenizer } from '../__fixtures__/small-source';
import { clipFeatures, encodersOf } from '../sources/frozen-encoders';
import { readMedia } from '../sources/read-media';
import { type FeatureReader, openFeatureReader } from './feature-reader';

const row = (modalityMode: EmotionSampleRow['modalityMode']): EmotionSampleRow => ({
  id: 'sample',
  dataSet: 'mine',
  split: 'dev',
  targets: [{ task: 'mer', value: { emotion: 'happy' } }],
  modalityMode,
});

describe.skipIf(!hasTokenizer)('a clip read from cached features', () => {
  let model: NanoEmoX;
  let reader: FeatureReader;
  beforeAll(async () => {
    model = await createSmallModel();
    reader = await openFeatureReader(model);
  });
  afterAll(async () => {
    await reader.dispose();
    await model.dispose();
  });

  it('is what the model itself makes of the file', async () => {
    const faceCrop = 'whole-frame'; // looking for a face takes longest, and is tested where it is done
    const { frames, clips } = model.config.input;
    const { sceneEncoder, faceEncoder } = model.config;
    const sizes = { frameSizePx: sceneEncoder.imageSize, faceSizePx: frameSize(faceEncoder)[0] };
    const inputs = await readMedia({ video: sampleClip.path }, { frames, clips, faceCrop, ...sizes }, {});
    const features = clipFeatures(await encodersOf(model).encode(inputs));
    const read = await reader.read(row(defaultModalityMode), features);
    const encoded = await model.encode(sampleClip.path, { media: { faceCrop } });
    expect(read.modalities).toEqual(encoded.modalities);
    expect(read.gate?.length).toBe(encoded.gate?.length);
    for (const [index, { modality, embeddings }] of encoded.softTokens.entries()) {
      const other = read.softTokens[index]?.embeddings;
      expect(other?.dims, modality).toEqual(embeddings.dims);
      const differences = embeddings.data.map((value, place) => Math.abs(value - (other?.data[place] as number)));
      expect(Math.max(...differences), modality).toBeLessThan(1e-5);
    }
    const heard = await reader.read(row('audio_text'), features);
    expect(heard.modalities).toEqual(['audio']);
  });

  it('has what the features have', async () => {
    expect((await reader.read(row(defaultModalityMode), {})).modalities).toEqual([]);
    const { input, audioEncoder } = model.config;
    const audio = new Float32Array(input.clips * audioEncoder.hidden);
    expect((await reader.read(row(defaultModalityMode), { audio })).modalities).toEqual(['audio']);
  });
});
