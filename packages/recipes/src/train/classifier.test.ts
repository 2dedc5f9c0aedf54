import { initializeWeights, traceModule } from '@nano-emox/engine';
import { componentFromWeights } from '@nano-emox/engine/runtime';
import { mergeWeights } from '@nano-emox/engine/weights';
import { FaceEncoder, faceFeaturesModule, resolveConfig } from '@nano-emox/face-encoder';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { expect, it } from 'vitest';
import { smallConfig } from '../__fixtures__/small-model';
import { classifierDefinition, classifierModule } from './classifier';

const { faceEncoder: config } = smallConfig;
const frames = {
  type: 'uint8',
  dims: [2, 1, 3, 32, 32],
  data: Uint8Array.from({ length: 2 * 3 * 32 * 32 }, (_, index) => (index * 37) % 256),
} as const;

it('a classifier of features takes the weights of the whole component and a head', async () => {
  const encoder = await FaceEncoder.create(config, { workers: 0, seed: 3 });
  const fresh = initializeWeights(traceModule(classifierModule(faceFeaturesModule), config), 4);
  const head = new Map([...fresh].filter(([name]) => name.startsWith('head.')));
  const definition = classifierDefinition(faceFeaturesModule, resolveConfig);
  const classifier = await componentFromWeights(definition, config, mergeWeights(encoder.weights, head), {
    workers: 0,
  });
  const { logits } = await classifier.run({ frames });
  expect(logits?.dims).toEqual([2, 7]);
  const unknown: [string, HostTensor] = ['facexformer.backbone.0.unknown', frames];
  const misnamed = mergeWeights(encoder.weights, new Map([...head, unknown]));
  await expect(componentFromWeights(definition, config, misnamed)).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    unexpected: ['facexformer.backbone.0.unknown'],
  });
  await classifier.dispose();
  await encoder.dispose();
});
