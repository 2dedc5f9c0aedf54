import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Executor } from '../executors/executor';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { openTensorFlow } from '../executors/tensorflow';
import { expectReferenceGradients } from './__fixtures__/expect-reference-gradients';
import { gradientCases } from './__fixtures__/gradient-cases';

const executors: [string, () => Promise<Executor>, typeof gradientCases][] = [
  ['ONNX Runtime', () => openOnnxRuntimeNode({ threads: 1, workers: 0 }), gradientCases],
  // It has no float64, which the case of a cast goes through.
  ['TensorFlow.js', openTensorFlow, gradientCases.filter(({ rule }) => rule !== 'Cast')],
];

describe.each(executors)('losses and gradients in %s', (_, open, runnable) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await open();
  });
  afterAll(() => executor.dispose());

  it.each(runnable.map((testCase) => [`${testCase.rule}: ${testCase.variant}`, testCase] as const))(
    'agree with the reference: %s',
    (_title, testCase) => expectReferenceGradients(executor, testCase),
  );
});
