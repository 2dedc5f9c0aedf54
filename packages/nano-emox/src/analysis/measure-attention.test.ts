import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presets as attentionPresets } from '@nano-emox/duplex-attention';
import { ramp } from '@nano-emox/engine/testing';
import { describe, expect, it } from 'vitest';
import { createTinyModel } from '../__fixtures__/tiny-model';
import { type EncodedClip, NanoEmoX, presets } from '../index';

const { hidden, layers } = presets.tiny.languageModel;
const clip: EncodedClip = {
  softTokens: [
    { modality: 'frame', embeddings: ramp(1, 8, hidden) },
    { modality: 'face', embeddings: ramp(1, 4, hidden) },
  ],
  modalities: ['frame', 'face'],
  evidence: {},
  warnings: [],
};
const silent: EncodedClip = { softTokens: [], modalities: [], evidence: {}, warnings: [] };
const withDuplex = {
  ...presets.tiny,
  languageModel: { ...presets.tiny.languageModel, attention: attentionPresets.paper },
};

describe('measureAttention', () => {
  it('measures every layer, the same before and after duplex attention is added, which begins as the identity', async () => {
    const plain = await createTinyModel({ workers: 0 });
    const duplex = await createTinyModel({ workers: 0 }, withDuplex);
    const found = await plain.measureAttention(clip, { words: 'I passed!', answer: 'happy' });
    expect(found.layers.map(({ layer }) => layer)).toEqual(Array.from({ length: layers }, (_, layer) => layer));
    for (const { text, visual } of found.layers) {
      for (const { self, cross, gap } of [text, visual]) {
        expect(self).toBeGreaterThan(0);
        expect(cross).toBeGreaterThan(0);
        expect(gap).toBeGreaterThanOrEqual(0);
        expect(gap).toBeLessThanOrEqual(1);
      }
    }
    const after = await duplex.measureAttention(clip, { words: 'I passed!', answer: 'happy' });
    expect(after.averageGap.text).toBeCloseTo(found.averageGap.text as number, 5);
    expect(after.averageGap.visual).toBeCloseTo(found.averageGap.visual as number, 5);
    const wordsOnly = await duplex.measureAttention(silent, { words: 'I passed!' });
    expect(wordsOnly.averageGap).toEqual({ text: null, visual: null });
    await plain.dispose();
    await duplex.dispose();
  });

  it('belongs to a model that is saved with its attention', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nano-emox-duplex-'));
    const model = await createTinyModel({ workers: 0 }, withDuplex);
    try {
      await model.save(folder);
      const loaded = await NanoEmoX.fromPretrained(folder, { workers: 0 });
      expect(loaded.config.languageModel.attention).toEqual(attentionPresets.paper);
      expect(
        [...loaded.components.languageModel.weights.keys()].filter((name) => /duplex_attention/.test(name)),
      ).toHaveLength(3 * layers);
      await loaded.dispose();
    } finally {
      await model.dispose();
      await rm(folder, { recursive: true });
    }
  });
});
