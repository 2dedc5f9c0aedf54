import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, ramp } from '@nano-emox/engine/testing';
import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import {
  AnswerGate,
  answerVectors,
  DistillationHead,
  PerceptionHead,
  resolveHeadConfig,
  resolvePerceptionConfig,
} from '../index';

const executor = await openExecutor({ workers: 0, threads: 1 });
const folder = await mkdtemp(join(tmpdir(), 'perception-head-'));
afterAll(async () => {
  expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  await executor.dispose();
  await rm(folder, { recursive: true });
});

const labels = ['anger', 'happy', 'sad'];

/** A head of one hidden value per class that says what the features say, at temperature 2. */
async function readingHead(): Promise<DistillationHead> {
  const config = { featureDim: 3, labels, widths: [3], temperature: 2 };
  const identity = floatTensor(Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]), [3, 3]);
  const zeros = floatTensor(new Float32Array(3), [3]);
  const weights = { 'mlp.0.weight': identity, 'mlp.0.bias': zeros, 'mlp.3.weight': identity, 'mlp.3.bias': zeros };
  const named = Object.entries(weights).map(([name, tensor]): [string, FloatTensor] => [
    `distillation_head.${name}`,
    tensor,
  ]);
  return DistillationHead.fromWeights(config, new Map(named), { executor });
}

/** A gate that adds `trust` to the logit of the word. */
const addingGate = (trust: number): Promise<AnswerGate> => {
  const weight = new Float32Array(18);
  for (const row of [0, 1, 2]) {
    weight[row * 6 + row] = 1;
    weight[row * 6 + 3 + row] = trust;
  }
  const weights = new Map([
    ['fc.weight', floatTensor(weight, [3, 6])],
    ['fc.bias', floatTensor(new Float32Array(3), [3])],
  ]);
  return AnswerGate.fromWeights({ type: 'concat', labels }, weights, { executor });
};

describe('PerceptionHead', () => {
  const sure = floatTensor(Float32Array.from([0, 4, 0]), [1, 3]); // happy
  const unsure = floatTensor(Float32Array.from([0, 1, 0]), [1, 3]);

  it('lets word and head decide together, and says whether the word stands', async () => {
    const [head, gate] = [await readingHead(), await addingGate(2)];
    const perception = await PerceptionHead.fromParts('face', head, gate, { executor });
    const features = floatTensor(Float32Array.from([...sure.data, ...unsure.data, ...unsure.data]), [3, 3]);
    const decisions = await perception.decide(features, ['sad', 'sad', 'happy']);
    expect(decisions.map(({ label, decidedBy }) => [label, decidedBy])).toEqual([
      ['happy', 'head'],
      ['sad', 'word'],
      ['happy', 'word'],
    ]);
    const words = answerVectors(['sad', 'sad', 'happy'], labels);
    const expected = await gate.predict({ headLogits: await head.logits(features), answer: words });
    assertAllclose(
      decisions.flatMap(({ probabilities }) => Object.values(probabilities)),
      expected.data,
      1e-6,
    );
    const alone = await head.predict(features);
    assertAllclose(
      decisions.flatMap((decision) => Object.values(decision.headProbabilities)),
      alone.data,
      1e-6,
    );
    for (const part of [head, gate, perception]) await part.dispose();
  });

  it('lets the head decide alone where the answer could not be read', async () => {
    const [head, gate] = [await readingHead(), await addingGate(100)];
    const perception = await PerceptionHead.fromParts('scene', head, gate, { executor });
    const [decision] = await perception.decide(unsure, [undefined]);
    expect(decision).toMatchObject({ label: 'happy', decidedBy: 'head' });
    expect(decision?.probabilities).toEqual(decision?.headProbabilities);
    for (const part of [head, gate, perception]) await part.dispose();
  });

  it('is the same after save and load', async () => {
    const config = { reads: 'scene', head: resolveHeadConfig({ featureDim: 4, labels, widths: [5] }) } as const;
    const perception = await PerceptionHead.create(config, { executor, seed: 3 });
    await perception.save(folder);
    const loaded = await PerceptionHead.fromPretrained(folder, { executor });
    expect(loaded.config).toEqual(perception.config);
    const words = ['sad', undefined];
    expect(await loaded.decide(ramp(2, 6, 4), words)).toEqual(await perception.decide(ramp(2, 6, 4), words));
    await perception.dispose();
    await loaded.dispose();
  });

  it('refuses other words, rows, features and labels', async () => {
    const config = { head: resolveHeadConfig({ featureDim: 4, labels }) };
    const perception = await PerceptionHead.create(config, { executor });
    await expect(perception.decide(ramp(1, 4), ['joy'])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(perception.decide(ramp(1, 4), ['sad', 'sad'])).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(perception.decide(ramp(1, 5), ['sad'])).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    const broken = floatTensor(new Float32Array(4).fill(Number.NaN), [1, 4]);
    await expect(perception.decide(broken, ['sad'])).rejects.toMatchObject({ code: 'NON_FINITE' });
    await perception.dispose();
    for (const [wrong, field] of [
      [{ reads: 'voice' }, 'reads'],
      [{ head: { labels }, gate: { labels: ['sad', 'happy', 'anger'] } }, 'gate.labels'],
      [{ heads: 1 }, 'heads'],
    ] as const) {
      expect(() => resolvePerceptionConfig(wrong as never)).toThrow(expect.objectContaining({ field }));
    }
  });
});
