import { Random, traceModule } from '@nano-emox/engine';
import { directionalGradient } from '@nano-emox/engine/testing';
import { expect, it } from 'vitest';
import { resolveConfig, sceneEncoderModule } from './index';

it.each(['quick_gelu', 'gelu'] as const)('every weight gets its gradient, %s', async (activation) => {
  const sizes = {
    imageSize: 28,
    patchSize: 7,
    hidden: 16,
    layers: 3,
    heads: 2,
    mlp: 32,
    levels: [1, 2],
    featureLevel: 3,
  };
  const graph = traceModule(sceneEncoderModule, resolveConfig({ ...sizes, activation }));
  const random = new Random(1);
  const frames = {
    type: 'uint8',
    dims: [1, 2, 3, 28, 28],
    data: new Uint8Array(4704).map(() => random.uniform() * 256),
  } as const;
  const { slope, measuredSlope, norms } = await directionalGradient(graph, { frames });
  expect(Math.abs(slope - measuredSlope)).toBeLessThan(0.02 * Math.abs(slope));
  // A bias on the keys moves all scores of a query alike, which softmax ignores: its gradient is zero by nature.
  const silent = [...norms].filter(([name, norm]) => !(norm > 0) && !name.endsWith('k_proj.bias'));
  expect(silent).toEqual([]);
});
