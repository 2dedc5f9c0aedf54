import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initializeWeights, traceModule, type Value } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import {
  assertAllclose,
  directionalGradient,
  ramp,
  readFixture,
  rows,
  type TensorFixture,
} from '@nano-emox/engine/testing';
import { gradientsOf, prepareForDifferentiation } from '@nano-emox/engine/training';
import { elementCount, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import {
  DistillationHead,
  distillationHeadModule,
  emotionLabelSets,
  headTrainingModule,
  resolveHeadConfig,
} from '../index';

const executor = await openExecutor({ workers: 0, threads: 1 });
const folder = await mkdtemp(join(tmpdir(), 'distillation-head-'));
afterAll(async () => {
  expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  await executor.dispose();
  await rm(folder, { recursive: true });
});

const fixture = (depth: number) =>
  readFixture(new URL(`../__fixtures__/head-depth${depth}.safetensors`, import.meta.url));
const configOf = (depth: number) =>
  resolveHeadConfig({ featureDim: 12, labels: emotionLabelSets.fi, depth, widths: [16, 8, 6] });
const trainingInputs = (tensor: TensorFixture['tensor']) => ({
  features: tensor('input.features'),
  labels: tensor('input.labels', 'int64'),
});
const published = { alpha: 0.5, temperature: 2 };

/** tooling/oracles/distillation.py: PyTorch, float32. */
describe.each([1, 3])('head of depth %i against PyTorch', (depth) => {
  it('gives its logits', async () => {
    const { weights, tensor } = await fixture(depth);
    const head = await DistillationHead.fromWeights(configOf(depth), weights, { executor });
    assertAllclose(await head.logits(tensor('input.features')), tensor('output.logits'), 1e-5);
    await head.dispose();
  });

  it.each([
    ['the published loss', published, 'output.loss', 1],
    ['the divergence from the teacher', { alpha: 1, temperature: 2 }, 'output.divergence', 4],
    ['the cross-entropy', { alpha: 0, temperature: 2 }, 'output.crossEntropy', 1],
  ])('gives %s', async (_, loss, output, factor) => {
    const { weights, tensor } = await fixture(depth);
    const graph = traceModule(headTrainingModule, { ...configOf(depth), loss, masked: false });
    const session = await executor.load({ graph, weights }, { name: 'loss' });
    const results = await session.run({
      ...trainingInputs(tensor),
      ...(loss.alpha > 0 && { teacherLogits: tensor('input.teacherLogits') }),
    });
    await session.dispose();
    assertAllclose([Number(results.loss?.data[0])], [factor * Number(tensor(output).data[0])], 1e-5);
  });

  it('gives the gradient of its loss in every weight', async () => {
    const { weights, gradients, tensor } = await fixture(depth);
    const graph = traceModule(headTrainingModule, { ...configOf(depth), loss: published, masked: false });
    const [names, parameters] = [[...graph.parameters.keys()], [...graph.parameters.values()]];
    const loss = prepareForDifferentiation(graph.outputs, parameters).get('loss') as Value;
    const found = gradientsOf(loss, parameters).map((value, index) => [`gradient.${names[index]}`, value] as const);
    const session = await executor.load({ graph: { ...graph, outputs: new Map(found) }, weights }, { name: 'loss' });
    const results = await session.run({ ...trainingInputs(tensor), teacherLogits: tensor('input.teacherLogits') });
    await session.dispose();
    expect([...gradients.keys()].sort()).toEqual(names.sort());
    for (const [name, gradient] of gradients) {
      assertAllclose(results[`gradient.${name}`] as HostTensor, gradient, 1e-5, name);
    }
  });

  it.each([
    ['the published weights', published],
    ['the teacher alone', { alpha: 1, temperature: 3 }],
    ['labels alone', { alpha: 0, temperature: 2 }],
  ])('has the slope of its loss, with %s', async (_, loss) => {
    const { tensor } = await fixture(depth);
    const graph = traceModule(headTrainingModule, { ...configOf(depth), loss, masked: true });
    const masks = [16, 8, 6].slice(0, depth).map((width, layer) => [`keep${layer}`, ramp(5, width)]);
    const { slope, measuredSlope, norms } = await directionalGradient(graph, {
      ...trainingInputs(tensor),
      ...(loss.alpha > 0 && { teacherLogits: tensor('input.teacherLogits') }),
      ...Object.fromEntries(masks),
    });
    expect(Math.abs(slope - measuredSlope)).toBeLessThan(0.02 * Math.abs(slope));
    expect([...norms].filter(([, norm]) => !(norm > 0))).toEqual([]);
  });
});

describe('DistillationHead', () => {
  const config = { ...configOf(2), temperature: 1.7 };

  it('gives probabilities at its temperature, of tokens or of their mean', async () => {
    const head = await DistillationHead.create(config, { executor, seed: 4 });
    const tokens = ramp(4, 3, 12);
    const means = floatTensor(new Float32Array(4 * 12), [4, 12]);
    tokens.data.forEach((value, index) => {
      const at = Math.floor(index / 36) * 12 + (index % 12);
      means.data[at] = (means.data[at] as number) + value / 3;
    });
    const probabilities = await head.predict(tokens);
    assertAllclose(await head.predict(means), probabilities, 1e-6);
    const logits = await head.logits(tokens);
    const powers = Array.from(rows(logits, 0, 1).data, (logit) => Math.exp(logit / 1.7));
    const total = powers.reduce((sum, power) => sum + power, 0);
    assertAllclose(
      rows(probabilities, 0, 1).data,
      powers.map((power) => power / total),
      1e-6,
    );
    assertAllclose(await head.predict(rows(tokens, 2, 3)), rows(probabilities, 2, 3), 1e-6, 'a row alone');
    await head.dispose();
    await expect(head.predict(tokens)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('is the same after save and load, temperature included', async () => {
    const head = await DistillationHead.create(config, { executor, seed: 4 });
    await head.save(folder);
    const loaded = await DistillationHead.fromPretrained(folder, { executor });
    expect(loaded.config).toEqual(config);
    expect((await loaded.predict(ramp(2, 12))).data).toEqual((await head.predict(ramp(2, 12))).data);
    await head.dispose();
    await loaded.dispose();
  });

  it('leaves out the encoder of a released checkpoint, and nothing else', async () => {
    const { weights } = await fixture(1);
    const released = new Map([...weights, ['visual_encoder.visual_encoder.blocks.0.norm1.weight', ramp(3)]]);
    const head = await DistillationHead.fromWeights(configOf(1), released, { executor });
    expect(head.weights.size).toBe(4);
    await head.dispose();
    const stray = new Map([...weights, ['stray', ramp(3)]]);
    await expect(DistillationHead.fromWeights(configOf(1), stray, { executor })).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      unexpected: ['stray'],
    });
  });

  it.each([
    [{ depth: 0 }, 'depth'],
    [{ depth: 6 }, 'widths'],
    [{ widths: [0] }, 'widths'],
    [{ featureDim: 1.5 }, 'featureDim'],
    [{ temperature: 0 }, 'temperature'],
    [{ labels: ['one'] }, 'labels'],
    [{ labels: ['a', 'a'] }, 'labels'],
    [{ width: 3 } as never, 'width'],
  ])('refuses %j', (wrong, field) => {
    expect(() => resolveHeadConfig(wrong)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', field }));
  });

  it('refuses other features than its own, and answers that are no numbers', async () => {
    const head = await DistillationHead.create(config, { executor });
    await expect(head.predict(ramp(2, 3, 11))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(head.predict(ramp(0, 12))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    const broken = ramp(2, 12);
    broken.data[13] = Number.NaN;
    await expect(head.predict(broken)).rejects.toMatchObject({
      code: 'NON_FINITE',
      message: expect.stringContaining('in row 1'),
    });
    await head.dispose();
  });

  it.each([
    [8, 3_679_240],
    [6, 3_677_190],
    [2, 3_673_090],
  ])('has the published number of parameters for %i classes', (count, parameters) => {
    const labels = Array.from({ length: count }, (_, index) => `class ${index}`);
    const graph = traceModule(distillationHeadModule, resolveHeadConfig({ labels }));
    const total = [...initializeWeights(graph, 0).values()].reduce((sum, { dims }) => sum + elementCount(dims), 0);
    expect(total).toBe(parameters);
  });
});
