import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { f32, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { defineModule, traceModule } from '../module/define-module';
import { initializeWeights } from '../module/initialize-weights';
import { linearLayer } from '../module/layers';
import { normal } from '../module/weight-scope';
import { mul, relu, tanh } from '../ops';
import { writeSafetensors } from '../weights/safetensors-file';
import { assertAllclose, directionalGradient, maxDifference, moduleGradients, ramp, readFixture, rows } from './index';

const vector = (...values: number[]) => floatTensor(Float32Array.from(values), [values.length]);

describe('comparison', () => {
  it('takes the largest absolute difference', () => {
    expect(maxDifference(vector(1, 2, 3), vector(1, 2.5, 3))).toBe(0.5);
    expect(maxDifference([1, -2], Float32Array.of(1, 2))).toBe(4);
    expect(maxDifference([], [])).toBe(0);
    const ids: HostTensor<'int64'> = { type: 'int64', dims: [1], data: BigInt64Array.of(7n) };
    expect(maxDifference(ids, vector(5))).toBe(2);
  });

  it('is infinite for other shapes and for what is not a number', () => {
    expect(maxDifference(vector(1, 2), floatTensor(Float32Array.of(1, 2), [1, 2]))).toBe(Number.POSITIVE_INFINITY);
    expect(maxDifference([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(maxDifference([odd], [0])).toBe(Number.POSITIVE_INFINITY);
      expect(maxDifference([0], [odd])).toBe(Number.POSITIVE_INFINITY);
      expect(maxDifference([odd], [odd])).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('passes at the tolerance, and otherwise says where and how far', () => {
    const expected = floatTensor(Float32Array.of(0, 1, 2, 3, 4, 5), [2, 3]);
    const actual = { ...expected, data: Float32Array.of(0, 1.25, 2, 3, 4, 7) };
    assertAllclose(actual, expected, 2);
    expect(() => assertAllclose(actual, expected, 0.125, 'tokens')).toThrow(
      'tokens[1, 2]: 7, expected 5; the difference 2 is above 0.125, as 2 of 6 are',
    );
    expect(() => assertAllclose(rows(actual, 0, 1), expected, 9)).toThrow('tensor has shape [1, 3], expected [2, 3]');
    expect(() => assertAllclose([Number.NaN], [1], 9)).toThrow('tensor[0]: NaN, expected 1');
  });
});

describe('fixtures', () => {
  const path = join(tmpdir(), `nano-emox-fixture-${process.pid}.safetensors`);
  afterAll(() => rm(path, { force: true }));

  it('give weights and gradients by name, other tensors by full name and type', async () => {
    const frames: HostTensor<'uint8'> = { type: 'uint8', dims: [2], data: Uint8Array.of(3, 4) };
    const tensors = { 'weights.a.b': vector(1), 'grad.a.b': vector(2), 'input.frames': frames, 'output.y': vector(5) };
    await writeSafetensors(path, new Map<string, HostTensor>(Object.entries(tensors)));
    for (const file of [path, pathToFileURL(path)]) {
      const { weights, gradients, tensor } = await readFixture(file);
      expect([...weights.keys(), ...gradients.keys()]).toEqual(['a.b', 'a.b']);
      expect(gradients.get('a.b')?.data).toEqual(Float32Array.of(2));
      expect(tensor('output.y').data).toEqual(Float32Array.of(5));
      expect(tensor('input.frames', 'uint8').data).toEqual(Uint8Array.of(3, 4));
      expect(() => tensor('output.z')).toThrow(/has no output\.z, only .*output\.y/);
      expect(() => tensor('input.frames')).toThrow('input.frames is uint8, expected float32');
    }
    await expect(readFixture(`${path}.absent`)).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });
});

describe('gradient checks', () => {
  const sizes = { inputDim: 3, outputDim: 2 };
  const network = defineModule({
    name: 'Network',
    inputs: (_: typeof sizes) => ({ x: f32('batch', 'inputDim') }),
    outputs: () => ({ y: f32('batch', 'outputDim') }),
    forward: ({ x }, weights, { outputDim }) => {
      const wide = tanh(linearLayer(x, weights.scope('up'), 4, { initializer: normal(1) }));
      return { y: linearLayer(wide, weights.scope('down'), outputDim, { initializer: normal(1) }) };
    },
  });

  it('agree with central differences along a direction, and reach every parameter', async () => {
    const { slope, measuredSlope, norms } = await directionalGradient(traceModule(network, sizes), { x: ramp(5, 3) });
    expect(Math.abs(slope)).toBeGreaterThan(0.1);
    expect(Math.abs(slope - measuredSlope)).toBeLessThan(0.01 * Math.abs(slope));
    expect([...norms.keys()]).toEqual(['up.weight', 'up.bias', 'down.weight', 'down.bias']);
    expect([...norms.values()].every((norm) => norm > 0)).toBe(true);
  });

  it('show a parameter that does not learn', async () => {
    const dead = defineModule({
      ...network,
      forward: ({ x }, weights, { outputDim }) => {
        const hidden = linearLayer(mul(relu(mul(mul(x, x), -1)), 3), weights.scope('dead'), 4, {
          initializer: normal(1),
        });
        return { y: linearLayer(hidden, weights.scope('down'), outputDim, { initializer: normal(1) }) };
      },
    });
    const { norms } = await directionalGradient(traceModule(dead, sizes), { x: ramp(5, 3) });
    expect([...norms].filter(([, norm]) => !(norm > 0)).map(([name]) => name)).toEqual(['dead.weight']);
  });

  it('give the gradient of one output in parameters and inputs', async () => {
    const linear = defineModule({
      ...network,
      forward: ({ x }, weights, { outputDim }) => ({ y: linearLayer(x, weights, outputDim) }),
    });
    const weights = initializeWeights(traceModule(linear, sizes), 1);
    const [x, upstream] = [ramp(1, 3), floatTensor(Float32Array.of(2, -1), [1, 2])];
    const gradients = await moduleGradients(linear, sizes, 'y', { inputs: { x }, upstream, weights });
    expect([...gradients.keys()].sort()).toEqual(['bias', 'weight', 'x']);
    assertAllclose(gradients.get('bias')?.data ?? [], upstream.data, 0);
    const outer = [...upstream.data].flatMap((left) => [...x.data].map((right) => left * right));
    assertAllclose(gradients.get('weight')?.data ?? [], outer, 1e-6, 'weight');
  });
});
