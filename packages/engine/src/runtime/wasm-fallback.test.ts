import { f32 } from '@nano-emox/tensor-contract';
import { expect, it, vi } from 'vitest';
import { graphOf } from '../graph/graph';
import { input } from '../graph/leaves';
import { writeModel } from '../onnx/write-model';
import { mul } from '../ops';
import { openExecutor } from './node';

// As on Alpine: the package is installed, its binary does not load.
vi.mock('onnxruntime-node', () => {
  throw new Error('libc.musl: symbol not found');
});

it('falls back to WebAssembly where the native binding cannot load, and says so', async () => {
  const executor = await openExecutor();
  expect(executor.device).toMatch(/^onnxruntime-web wasm/);
  expect(executor.warnings).toEqual([
    expect.stringMatching(/^onnxruntime-web wasm.* is used, which is slower: onnxruntime-node cannot be loaded/),
  ]);
  const { model } = writeModel(graphOf({ y: mul(input('x', f32('items')), 2) }), { weights: new Map() });
  const session = await executor.load({ bytes: model }, { name: 'double' });
  const { y } = await session.run({ x: { type: 'float32', dims: [2], data: Float32Array.of(1, 3) } });
  expect(y?.data).toEqual(Float32Array.of(2, 6));
  await executor.dispose();
});

it('does not fall back from an explicit device', async () => {
  await expect(openExecutor({ device: 'cpu' })).rejects.toMatchObject({
    code: 'MISSING_DEPENDENCY',
    dependency: 'onnxruntime-node',
  });
});
