import { describe, expect, it } from 'vitest';
import { axesOf, emotionConfig, emotionGraph, isTrainedIn, makeEmotionProblem } from './emotion-problem';

describe('makeEmotionProblem', () => {
  it('trains what the phase of the curriculum trains', () => {
    const names = [...emotionGraph(emotionConfig()).parameters.keys()];
    const [second, third] = (['understanding-fusion', 'empathy-multitask'] as const).map((phase) =>
      names.filter(isTrainedIn(phase)),
    ) as [string[], string[]];
    expect(second.some((name) => name.startsWith('multi_'))).toBe(true);
    expect(second.filter((name) => name.startsWith('llama_model'))).toEqual([]);
    const added = third.filter((name) => !second.includes(name));
    expect(added).toHaveLength(6 * 7 * 2); // two matrices for each of seven projections in six layers
    expect(added.every((name) => /\.lora_[AB]\./.test(name))).toBe(true);
    expect(second.every((name) => third.includes(name))).toBe(true);
  });

  it('makes a padded batch with weights that are nowhere zero throughout', () => {
    const { config, batch, weights } = makeEmotionProblem('understanding-fusion', 1);
    expect(axesOf(config, batch)).toMatchObject({ batch: 4, time: 256, rows: 4 * 32 });
    const mask = batch.attentionMask?.data as Uint8Array;
    expect(mask.reduce((sum, kept) => sum + kept, 0)).toBe(256 + 240 + 224 + 208);
    for (const [name, { data }] of weights)
      expect(
        data.some((value) => value !== 0),
        name,
      ).toBe(true);
  });
});
