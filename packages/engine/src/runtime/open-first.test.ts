import { ExecutionError } from '@nano-emox/tensor-contract';
import { expect, it } from 'vitest';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { openFirst } from './open-first';

const open = (device: 'cpu' | 'cuda' | 'webgpu') => openOnnxRuntimeNode({ device, workers: 0, threads: 1 });

it('takes the first device, without a word', async () => {
  const executor = await openFirst(['cpu', 'cuda'], open);
  expect(executor).toMatchObject({ device: 'onnxruntime-node cpu, 1 thread', warnings: [] });
  await executor.dispose();
});

it('goes on where a device cannot be used, and says why', async () => {
  const cuda = await open('cuda').catch((error: Error) => error);
  const executor = await openFirst(['cuda', 'cpu'], open);
  // On a machine with CUDA there is nothing to say.
  if (!(cuda instanceof Error)) return expect(executor.warnings).toEqual([]);
  expect(executor.device).toMatch(/ cpu, /);
  expect(executor.warnings).toEqual([`onnxruntime-node cpu, 1 thread is used, which is slower: ${cuda.message}`]);
  await executor.dispose();
});

it('throws what the last device lacks, and faults at once', async () => {
  await expect(openFirst(['a', 'b'], () => open('cuda'))).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' });
  const fault = new ExecutionError({ message: 'a fault', hint: 'none' });
  await expect(openFirst(['a', 'b'], () => Promise.reject(fault))).rejects.toBe(fault);
});
