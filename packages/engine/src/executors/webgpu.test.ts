import { DeviceUnavailableError, f32, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSoftwareGpu } from '../../../../tooling/software-gpu';
import { gradientsOf } from '../autodiff/differentiate';
import { type Graph, graphOf } from '../graph/graph';
import { input } from '../graph/leaves';
import { matmul, mul, multiHeadAttention, rmsNorm, sum } from '../ops';
import type { Executor, ExecutorSession } from './executor';
import { openOnnxRuntimeNode } from './onnxruntime-node';
import { evaluateReference } from './reference';

/** A few hundred roundings of float32. */
const TOLERANCE = 2e-5;

const wave = (dims: number[], pace: number): HostTensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, at) =>
    Math.sin(pace * at),
  ),
});

/** Each is something that a kernel of the runtime on WebGPU does wrong, or dies of. */
const wrongKernels: [string, () => Graph, Record<string, HostTensor>][] = [
  [
    'attention over 80 keys',
    () => {
      const [query, key, value] = ['query', 'key', 'value'].map((name) => input(name, f32(1, 'time', 32)));
      return graphOf({ y: multiHeadAttention(query as never, key as never, value as never, { heads: 4 }) });
    },
    { query: wave([1, 80, 32], 0.37), key: wave([1, 80, 32], 1.3), value: wave([1, 80, 32], 0.91) },
  ],
  [
    'a product that sums nothing',
    () => graphOf({ y: matmul(input('a', f32('rows', 'past')), input('b', f32('past', 4))) }),
    { a: wave([3, 0], 1), b: wave([0, 4], 1) },
  ],
  [
    'the gradient through a root-mean-square norm',
    () => {
      const [x, scale] = [input('x', f32('rows', 'time', 8)), input('scale', f32(8))];
      const normal = rmsNorm(x, scale, 1e-6);
      const [dx, dscale] = gradientsOf(sum(matmul(normal, normal, { transposeB: true }), [0, 1, 2]), [x, scale]);
      return graphOf({ dx: dx as never, dscale: dscale as never });
    },
    { x: wave([2, 3, 8], 0.7), scale: wave([8], 0.4) },
  ],
];

const title = `WebGPU in software${hasSoftwareGpu ? '' : ' (no loader of Vulkan, or no driver; VK_ICD_FILENAMES names one)'}`;

describe.skipIf(!hasSoftwareGpu)(title, () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await openOnnxRuntimeNode({ device: 'webgpu', threads: 1, workers: 0 });
  });
  afterAll(() => executor.dispose());

  it.each(wrongKernels)('gives the values of the reference: %s', async (name, trace, inputs) => {
    const graph = trace();
    const session = await executor.load({ graph, weights: new Map() }, { name });
    const received = await session.run(inputs);
    for (const [output, { dims, data }] of evaluateReference(graph, { inputs, floatType: 'float64' })) {
      expect(received[output]?.dims).toEqual([...dims]);
      const difference = [...(data as Float64Array)].map((value, at) =>
        Math.abs(value - Number(received[output]?.data[at])),
      );
      expect(Math.max(0, ...difference)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, ...(data as Float64Array)));
    }
    await session.dispose();
  });

  it('computes in float16, or says that it cannot', async () => {
    const graph = graphOf({ y: mul(input('x', f32('count')), 3) });
    const loaded = await executor
      .load({ graph, weights: new Map() }, { name: 'half', precision: 'float16' })
      .catch((error: unknown) => error);
    if (loaded instanceof DeviceUnavailableError) {
      expect(loaded.message).toContain('cannot compute in float16');
      return;
    }
    const { y } = await (loaded as ExecutorSession).run({ x: wave([3], 1) });
    expect([...((y as HostTensor).data as Float32Array)]).toEqual(
      [0, 3 * Math.sin(1), 3 * Math.sin(2)].map((value) => expect.closeTo(value, 2)),
    );
  });
});
