import { constantOf, graphOf, initializeWeights, mul, sum, traceModule, type Value } from '@nano-emox/engine';
import { evaluateReference } from '@nano-emox/engine/reference';
import { ramp } from '@nano-emox/engine/testing';
import { gradientsOf, prepareForDifferentiation } from '@nano-emox/engine/training';
import { floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { duplexAttentionModule, presets, resolveDuplexConfig } from './index';

const sizes = { heads: 4, keyHeads: 2, headDim: 4 };
const TIME = 7;
const STEP = 1e-5;

const kinds = { type: 'int64' as const, dims: [1, TIME], data: BigInt64Array.of(2n, 3n, 4n, 2n, 6n, 2n, 1n) };
const bias = floatTensor(
  Float32Array.from({ length: TIME * TIME }, (_, at) => (at % TIME > Math.floor(at / TIME) ? -1e9 : 0)),
  [1, 1, TIME, TIME],
);

function lossOf(attention: ReturnType<typeof resolveDuplexConfig>) {
  const graph = traceModule(duplexAttentionModule, { ...sizes, attention }, { axes: { batch: 1, time: TIME } });
  const heard = prepareForDifferentiation(graph.outputs).get('heard') as Value;
  const upstream = ramp(1, 4, TIME, 4);
  const loss = sum(mul(heard, constantOf(upstream.data.map(Math.cos), upstream.dims)), [0, 1, 2, 3]);
  return { graph, loss };
}

/** Float64 throughout, on the reference executor. */
describe('gradients against central differences', () => {
  it.each([
    ['paper, concat', presets.paper],
    ['paper, add', resolveDuplexConfig({ fuser: 'add' })],
    ['code, with the mask', resolveDuplexConfig({ variant: 'code', mask: true })],
  ])('%s: in every weight, key, query and value', (_, attention) => {
    const { graph, loss } = lossOf(attention);
    const values = new Map(
      [...graph.parameters, ...graph.inputs].filter(([name]) => name !== 'kinds' && name !== 'bias'),
    );
    const gradients = graphOf({
      loss,
      ...Object.fromEntries(gradientsOf(loss, [...values.values()]).map((value, index) => [String(index), value])),
    });
    const double = (tensor: HostTensor, shift: number): HostTensor => ({
      type: 'float64',
      dims: tensor.dims,
      data: Float64Array.from(tensor.data as Float32Array, (value, index) => value + 0.3 * Math.sin(shift + index)),
    });
    const fresh = [...initializeWeights(graph, 1)];
    const parameters = Object.fromEntries(fresh.map(([name, tensor], index) => [name, double(tensor, index)]));
    const inputs: Record<string, HostTensor> = {
      query: double(ramp(1, 4, TIME, 4), 1),
      key: double(ramp(1, 2, TIME, 4), 2),
      value: double(ramp(1, 2, TIME, 4), 3),
      kinds,
      bias,
    };
    const evaluate = (source: typeof gradients) =>
      evaluateReference(source, { inputs, parameters, floatType: 'float64' });
    const lossValue = () => Number(evaluate(graphOf({ loss })).get('loss')?.data[0]);
    const found = evaluate(gradients);
    [...values.keys()].forEach((name, index) => {
      const data = (parameters[name] ?? inputs[name])?.data as Float64Array;
      const gradient = found.get(String(index))?.data as Float64Array;
      expect(
        gradient.some((value) => Math.abs(value) > 1e-6),
        name,
      ).toBe(true);
      for (let at = 0; at < data.length; at += Math.max(1, Math.floor(data.length / 8))) {
        const before = data[at] as number;
        data[at] = before + STEP;
        const above = lossValue();
        data[at] = before - STEP;
        const below = lossValue();
        data[at] = before;
        expect(gradient[at], `${name}[${at}]`).toBeCloseTo((above - below) / (2 * STEP), 6);
      }
    });
  });

  it.each([presets.code, presets.paper])(
    'stay finite for keys and values that are zero, variant $variant',
    (attention) => {
      const { graph, loss } = lossOf(attention);
      const values = new Map(
        [...graph.parameters, ...graph.inputs].filter(([name]) => name !== 'kinds' && name !== 'bias'),
      );
      const gradients = Object.fromEntries(
        gradientsOf(loss, [...values.values()]).map((value, index) => [`gradient${index}`, value]),
      );
      const zeros = (...dims: number[]) => floatTensor(new Float32Array(dims.reduce((a, b) => a * b)), dims);
      const results = evaluateReference(graphOf({ ...Object.fromEntries(graph.outputs), ...gradients }), {
        inputs: { query: zeros(1, 4, TIME, 4), key: zeros(1, 2, TIME, 4), value: zeros(1, 2, TIME, 4), kinds, bias },
        parameters: initializeWeights(graph, 1),
      });
      for (const [name, { data }] of results) {
        expect(Array.from(data as Float32Array).every(Number.isFinite), name).toBe(true);
      }
      expect(Array.from(results.get('keys')?.data as Float32Array).every((value) => value === 0)).toBe(true); // neutral: nothing to align with
    },
  );
});
