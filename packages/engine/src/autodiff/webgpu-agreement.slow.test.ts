// Slow for want of a GPU: a driver in software compiles the kernels of every case.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { hasSoftwareGpu } from '../../../../tooling/software-gpu';
import type { Executor } from '../executors/executor';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { expectReferenceGradients } from './__fixtures__/expect-reference-gradients';
import { gradientCases } from './__fixtures__/gradient-cases';

describe.skipIf(!hasSoftwareGpu)('losses and gradients in WebGPU in software', () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await openOnnxRuntimeNode({ device: 'webgpu', threads: 1, workers: 0 });
  });
  afterAll(() => executor.dispose());

  it.each(gradientCases.map((testCase) => [`${testCase.rule}: ${testCase.variant}`, testCase] as const))(
    'agree with the reference: %s',
    (_title, testCase) => expectReferenceGradients(executor, testCase),
  );
});
