import { Random, traceModule } from '@nano-emox/engine';
import { directionalGradient } from '@nano-emox/engine/testing';
import { expect, it } from 'vitest';
import { faceEncoderModule, resolveConfig } from './index';

/** Two stages with padded windows, a shift and a padded merging. */
const sizes = {
  imageSize: 40,
  patchSize: 4,
  embedDim: 8,
  depths: [2, 1],
  heads: [2, 4],
  headWidth: 16,
  projectionDim: 24,
  lmDim: 20,
};

it.each(['shortcut', 'upsample'] as const)('every weight gets its gradient, %s', async (pooling) => {
  // The deviations for fresh weights would leave gradients of some 1e-6: frames in 0 … 255 make the first map large enough.
  const config = resolveConfig({ ...sizes, pooling });
  const random = new Random(1);
  const frames = {
    type: 'uint8',
    dims: [1, 2, 3, 40, 40],
    data: new Uint8Array(9600).map(() => random.uniform() * 256),
  } as const;
  const { slope, measuredSlope, norms } = await directionalGradient(traceModule(faceEncoderModule, config), { frames });
  expect(Math.abs(slope - measuredSlope)).toBeLessThan(0.02 * Math.abs(slope));
  expect([...norms].filter(([, norm]) => !(norm > 0))).toEqual([]);
});
