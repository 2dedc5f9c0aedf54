import { describe, expect, it } from 'vitest';
import { agrees, compareGreedy } from './agreement';
import type { OurModel } from './our-model';

/** A model of four tokens whose logits follow from the last token alone; after 3 the best two are as good as tied. */
const rows = [
  [0, 5, 1, 0],
  [0, 0, 5, 1],
  [0, 0, 1, 5],
  [3, 2.995, 0, 0],
];
const logitsAfter = (id: number) => Float32Array.from(rows[id] as number[]);
const bestAfter = (id: number) => logitsAfter(id).indexOf(Math.max(...logitsAfter(id)));
const model: OurModel = {
  chatText: (message) => message,
  encode: () => [0],
  decode: () => '',
  greedy: async (_, steps) => {
    const ids = [0];
    while (ids.length <= steps) ids.push(bestAfter(ids[ids.length - 1] as number));
    return ids.slice(1);
  },
  logits: async (ids) => ids.map(logitsAfter),
  dispose: async () => undefined,
};
const idsOf = (...ids: number[]) => ids.map((id) => ({ id }));

describe('compareGreedy', () => {
  it('finds equal tokens equal', async () => {
    const agreement = await compareGreedy(model, '', idsOf(1, 2, 3, 0, 1));
    expect(agreement).toEqual({ equalSteps: 5, steps: 5 });
    expect(agrees(agreement)).toBe(true);
  });

  it('tells a tie from a mistake by the logits at the first difference', async () => {
    const tied = await compareGreedy(model, '', idsOf(1, 2, 3, 1, 2));
    expect(tied).toMatchObject({ equalSteps: 3, gap: expect.closeTo(0.005, 5) });
    expect(agrees(tied)).toBe(true);
    const mistaken = await compareGreedy(model, '', idsOf(1, 3, 0, 1, 2));
    expect(mistaken).toMatchObject({ equalSteps: 1, gap: 4 });
    expect(agrees(mistaken)).toBe(false);
  });

  it('compares margins up to the first difference and no further', async () => {
    const theirs = [4, 4.5, 4, -0.005, 100].map((margin, step) => ({ id: [1, 2, 3, 1, 2][step] as number, margin }));
    const { marginDifference } = await compareGreedy(model, '', theirs);
    expect(marginDifference).toBeCloseTo(0.5, 5);
  });
});
