import { featureDeviation } from '@nano-emox/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { sampleClip } from '../sample-clip';
import { NanoEmoX } from './nano-emox';
import { partPrecision } from './part-precision';

describe('the precision of a part', () => {
  it('is the one asked for, but 4 bits are for the language model', () => {
    expect(partPrecision('languageModel', 'int4')).toBe('int4');
    expect(partPrecision('sceneEncoder', 'int4')).toBe('int8');
    expect(partPrecision('sceneEncoder', 'float32')).toBe('float32');
  });
});

describe('a model in few bits', async () => {
  const precise = await NanoEmoX.fromPretrained('tiny', { workers: 0 });
  const small = await NanoEmoX.fromPretrained('tiny', { workers: 0, precision: 'int4' });
  afterAll(async () => {
    await precise.dispose();
    await small.dispose();
  });

  it('hears and sees nearly the same, in every part, and answers all questions', async () => {
    const features = async (model: NanoEmoX) => {
      const { softTokens } = await model.encode(sampleClip.path);
      return softTokens.map(({ embeddings: { data } }) => data);
    };
    const [expected, found] = [await features(precise), await features(small)];
    expect(found).toHaveLength(expected.length);
    found.forEach((row, index) => {
      const { cosine } = featureDeviation(expected[index] as Float32Array, row, row.length);
      expect(cosine).toBeGreaterThan(0.999);
      expect(cosine).toBeLessThan(1); // as it would be if nothing were quantised
    });
    const { tasks } = await small.analyze(sampleClip.path, { words: sampleClip.words });
    expect(Object.values(tasks).map(({ status }) => status)).not.toContain('failed');
  }, 120_000);
});
