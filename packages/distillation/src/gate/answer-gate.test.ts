import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traceModule } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import {
  assertAllclose,
  directionalGradient,
  moduleGradients,
  ramp,
  readFixture,
  rows,
} from '@nano-emox/engine/testing';
import { elementCount, type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import {
  AnswerGate,
  answerGateModule,
  answerVectors,
  emotionLabelSets,
  gateTrainingModule,
  gateTypes,
  resolveGateConfig,
} from '../index';

const executor = await openExecutor({ workers: 0, threads: 1 });
const folder = await mkdtemp(join(tmpdir(), 'answer-gate-'));
afterAll(async () => {
  expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  await executor.dispose();
  await rm(folder, { recursive: true });
});

const cases = gateTypes.flatMap((type) => [
  { type, labels: emotionLabelSets.emotion6 },
  { type, labels: emotionLabelSets.flickr },
]);

/** Parameters of each type for C classes, from its published formula. */
const published: Record<string, (classes: number) => number> = {
  concat: (c) => 2 * c ** 2 + c,
  bilinear: (c) => c ** 3 + c + c ** 2 + c,
  mixture: (c) => 3 * (2 * c ** 2 + c) + 6 * c + 3,
  dynamic: (c) => 4 * c + 2 + c ** 2 + c,
  cross: (c) => 3 * (c ** 2 + c),
};

/** tooling/oracles/distillation.py: PyTorch, float32. */
describe.each(cases)('gate $type over $labels.length classes', ({ type, labels }) => {
  const config = resolveGateConfig({ type, labels });
  const read = () => readFixture(new URL(`../__fixtures__/gate-${type}-${labels.length}.safetensors`, import.meta.url));

  it.each([
    ['logits', 'output.logits'],
    ['softmax', 'output.logitsOfSoftmax'],
  ] as const)('equals PyTorch on the %s of the head', async (headForm, output) => {
    const { weights, tensor } = await read();
    const gate = await AnswerGate.fromWeights({ ...config, headForm }, weights, { executor });
    const inputs = { headLogits: tensor('input.headLogits'), answer: tensor('input.answer') };
    assertAllclose(await gate.logits(inputs), tensor(output), 1e-5);
    const alone = { headLogits: rows(inputs.headLogits, 4, 5), answer: rows(inputs.answer, 4, 5) };
    assertAllclose(await gate.logits(alone), rows(tensor(output), 4, 5), 1e-5, 'a row alone');
    await gate.dispose();
  });

  it('has the gradient of PyTorch in every weight', async () => {
    const { weights, gradients, tensor } = await read();
    const logits = tensor('output.logits');
    const inputs = { headLogits: tensor('input.headLogits'), answer: tensor('input.answer') };
    const upstream = crossEntropyGradient(logits, tensor('input.labels', 'int64'));
    const found = await moduleGradients(answerGateModule, config, 'logits', { inputs, upstream, weights });
    expect([...gradients.keys()].sort()).toEqual([...weights.keys()].sort());
    for (const [name, gradient] of gradients) assertAllclose(found.get(name) as HostTensor, gradient, 1e-5, name);
  });

  it.each(['logits', 'softmax'] as const)('has the slope of its loss, reading %s', async (headForm) => {
    const { tensor } = await read();
    const { slope, measuredSlope } = await directionalGradient(
      traceModule(gateTrainingModule, { ...config, headForm }),
      {
        headLogits: tensor('input.headLogits'),
        answer: tensor('input.answer'),
        labels: tensor('input.labels', 'int64'),
      },
    );
    expect(Math.abs(slope - measuredSlope)).toBeLessThan(0.02 * Math.abs(slope));
  });

  it('has the published number of parameters', () => {
    const { parameters } = traceModule(answerGateModule, config);
    const counts = [...parameters.values()].map(({ shape }) => elementCount(shape as number[]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(published[type]?.(labels.length));
  });

  it('is the same after save and load', async () => {
    const gate = await AnswerGate.create({ ...config, temperature: 0.8 }, { executor, seed: 2 });
    const path = join(folder, `${type}-${labels.length}`);
    await gate.save(path);
    const loaded = await AnswerGate.fromPretrained(path, { executor });
    expect(loaded.config).toEqual(gate.config);
    const inputs = {
      headLogits: ramp(3, labels.length),
      answer: answerVectors([labels[0], undefined, labels[1]], labels),
    };
    const probabilities = await gate.predict(inputs);
    expect((await loaded.predict(inputs)).data).toEqual(probabilities.data);
    const sums = [0, 1, 2].map((row) => rows(probabilities, row, row + 1).data.reduce((sum, value) => sum + value, 0));
    assertAllclose(sums, [1, 1, 1], 1e-6);
    await gate.dispose();
    await loaded.dispose();
  });
});

/** What the mean cross-entropy gives back for each logit. */
function crossEntropyGradient({ dims, data }: FloatTensor, labels: HostTensor<'int64'>): FloatTensor {
  const [rowCount, classes] = dims as [number, number];
  const gradient = new Float32Array(data.length);
  for (let row = 0; row < rowCount; row++) {
    const powers = Array.from(data.subarray(row * classes, (row + 1) * classes), Math.exp);
    const total = powers.reduce((sum, power) => sum + power, 0);
    powers.forEach((power, index) => {
      const isLabel = Number(labels.data[row]) === index;
      gradient[row * classes + index] = (power / total - (isLabel ? 1 : 0)) / rowCount;
    });
  }
  return floatTensor(gradient, dims);
}

describe('AnswerGate', () => {
  it.each([
    [{ type: 'other' as never }, 'type'],
    [{ headForm: 'probabilities' as never }, 'headForm'],
    [{ experts: 0 }, 'experts'],
    [{ labels: [] }, 'labels'],
    [{ temperature: -1 }, 'temperature'],
  ])('refuses %j', (wrong, field) => {
    expect(() => resolveGateConfig(wrong)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', field }));
  });

  it('refuses inputs that do not fit one another or are no numbers', async () => {
    const gate = await AnswerGate.create({ labels: emotionLabelSets.emotion6 }, { executor });
    const [headLogits, answer] = [ramp(2, 6), ramp(2, 6)];
    await expect(gate.predict({ headLogits: ramp(2, 8), answer })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(gate.predict({ headLogits, answer: ramp(3, 6) })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    headLogits.data[7] = Number.POSITIVE_INFINITY;
    await expect(gate.predict({ headLogits, answer })).rejects.toMatchObject({ code: 'NON_FINITE' });
    await gate.dispose();
  });
});

describe('answerVectors', () => {
  it('is one-hot, and zero for what could not be read, for two classes too', () => {
    const { dims, data } = answerVectors(['positive', undefined, 'negative'], emotionLabelSets.flickr);
    expect(dims).toEqual([3, 2]);
    expect([...data]).toEqual([0, 1, 0, 0, 1, 0]);
  });

  it('refuses a class that is none', () => {
    expect(() => answerVectors(['joy', 'bliss'], emotionLabelSets.emotion6)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', argument: 'answers' }),
    );
  });
});
