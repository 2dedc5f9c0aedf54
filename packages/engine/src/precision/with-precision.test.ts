import { type FloatTensor, f32 } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { openOnnxRuntimeWeb } from '../executors/onnxruntime-web';
import { openTensorFlow } from '../executors/tensorflow';
import { graphOf } from '../graph/graph';
import { input } from '../graph/leaves';
import { defineModule } from '../module/define-module';
import { initializeWeights } from '../module/initialize-weights';
import { layerNormLayer, linearLayer } from '../module/layers';
import { tracingScope } from '../module/weight-scope';
import { writeModel } from '../onnx/write-model';
import { add, cast, gelu, less, softmax, where } from '../ops';
import { createComponent, floatResult } from '../runtime/node';
import { ramp } from '../testing';
import { featureDeviation } from './deviation';

const WIDTH = 64;

function network() {
  const scope = tracingScope();
  const x = input('x', f32('rows', WIDTH));
  const inner = gelu(linearLayer(layerNormLayer(x, scope.scope('norm'), 1e-5), scope.scope('up'), 128));
  const down = linearLayer(inner, scope.scope('down'), WIDTH);
  const masked = where(less(x, 0), -1e9, down); // beyond float16
  return graphOf({ y: add(softmax(masked, -1), cast(less(x, 0.5), 'float32')) });
}

const graph = network();
const source = { graph, weights: initializeWeights(graph, 3) };
const x = ramp(7, WIDTH);
const local = await openOnnxRuntimeNode({ workers: 0, threads: 1 });
const tensorflow = await openTensorFlow();
afterAll(() => Promise.all([local.dispose(), tensorflow.dispose()]));

const { bytes } = { bytes: writeModel(graph, source).model };

describe('precision', () => {
  it.each([
    ['float16 on a processor', () => local.load(source, { name: 'n', precision: 'float16' })],
    ['TensorFlow.js', () => tensorflow.load(source, { name: 'n', precision: 'int8' })],
    ['an ONNX file', () => local.load({ bytes }, { name: 'n', precision: 'int8' })],
  ])('refuses %s', async (_, load) => {
    await expect(load()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'precision' });
    expect(local.usage().sessions + tensorflow.usage().sessions).toBe(0);
  });

  it('is the same on WebAssembly', async () => {
    const web = await openOnnxRuntimeWeb();
    for (const precision of ['int8', 'int4'] as const) {
      const outputs = await Promise.all(
        [local, web].map(async (executor) => {
          const session = await executor.load(source, { name: 'n', precision });
          return floatResult(await session.run({ x }), 'y').data;
        }),
      );
      const [native, wasm] = outputs as [Float32Array, Float32Array];
      expect(featureDeviation(native, wasm, WIDTH).relativeError).toBeLessThan(1e-3);
    }
    await web.dispose();
  });

  it('is an option of components, which keep and save their weights in float32', async () => {
    const definition = {
      type: 'toy',
      module: defineModule({
        name: 'Toy',
        inputs: () => ({ x: f32('rows', WIDTH) }),
        outputs: () => ({ y: f32('rows', WIDTH) }),
        forward: (inputs, weights) => ({ y: linearLayer(inputs.x, weights, WIDTH) }),
      }),
      resolveConfig: () => ({}),
    };
    const plain = await createComponent(definition, {}, { executor: local, seed: 1 });
    const quantised = await createComponent(definition, {}, { executor: local, seed: 1, precision: 'int8' });
    expect([plain.precision, quantised.precision]).toEqual(['float32', 'int8']);
    expect(quantised.weights).toEqual(plain.weights);
    const [a, b] = [await plain.run({ x }), await quantised.run({ x })].map(
      (results) => floatResult(results, 'y').data,
    );
    const { cosine, relativeError } = featureDeviation(a as Float32Array, b as Float32Array, WIDTH);
    expect(cosine).toBeGreaterThan(0.9995);
    expect(relativeError).toBeGreaterThan(1e-5);
    await plain.dispose();
    await quantised.dispose();
  });
});

describe('a graph written in float16', () => {
  it('has inputs and outputs in float32 and stays near it', async () => {
    const run = async (floatType: 'float32' | 'float16') => {
      const { model } = writeModel(graph, { weights: source.weights, floatType });
      const session = await local.load({ bytes: model }, { name: 'network' });
      const { y } = await session.run({ x });
      await session.dispose();
      return { y: y as FloatTensor, sizeBytes: model.byteLength };
    };
    const [whole, half] = [await run('float32'), await run('float16')];
    expect(half.y.type).toBe('float32');
    const { relativeError } = featureDeviation(whole.y.data, half.y.data, WIDTH);
    expect(relativeError).toBeLessThan(2e-3);
    expect(relativeError).toBeGreaterThan(1e-7);
    expect(half.sizeBytes / whole.sizeBytes).toBeLessThan(0.6);
  });
});
