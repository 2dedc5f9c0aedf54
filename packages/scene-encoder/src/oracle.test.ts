import { defineModule } from '@nano-emox/engine';
import { type ComponentDefinition, componentFromWeights } from '@nano-emox/engine/runtime';
import { assertAllclose, readFixture } from '@nano-emox/engine/testing';
import { f32, type HostTensor, u8 } from '@nano-emox/tensor-contract';
import { describe, it } from 'vitest';
import { resolveConfig, type SceneEncoderConfig } from './config';
import { normalizeFrames } from './normalize-frames';
import { SceneEncoder } from './scene-encoder';

/** Issue 2: references are matched to 1e-4, largest absolute difference. */
const TOLERANCE = 1e-4;
const local = { workers: 0, threads: 1 } as const;

describe('Hugging Face CLIPVisionModel (tooling/oracles/clip.py)', async () => {
  const { weights, tensor } = await readFixture(new URL('./__fixtures__/clip.safetensors', import.meta.url));
  const sizes = {
    imageSize: 56,
    hidden: 32,
    layers: 4,
    heads: 4,
    mlp: 64,
    inputType: 'float32',
    normalization: 'none',
  } as const;
  const pixels = tensor('input.pixel_values');
  /** The oracle's two images as one clip of two frames. */
  const frames = { ...pixels, dims: [1, ...pixels.dims] };

  /** Token 0 of the given hidden states, `[1, 2, states, 32]`. */
  function classTokens(states: readonly number[]): HostTensor {
    const data = new Float32Array(2 * states.length * 32);
    states.forEach((state, position) => {
      const { data: hidden, dims } = tensor(`output.hidden_states.${state}`);
      const imageSize = (dims[1] as number) * 32;
      for (const image of [0, 1]) {
        data.set(hidden.subarray(image * imageSize, image * imageSize + 32), (image * states.length + position) * 32);
      }
    });
    return { type: 'float32', dims: [1, 2, states.length, 32], data };
  }

  it.each([0, 1, 2, 3, 4])('features at depth %i', async (featureLevel) => {
    const encoder = await SceneEncoder.fromWeights({ ...sizes, levels: [featureLevel], featureLevel }, weights, local);
    const { features } = await encoder.encode(frames);
    await encoder.dispose();
    const expected = classTokens([featureLevel]);
    assertAllclose(features, { ...expected, dims: [1, 2, 32] }, TOLERANCE);
  });

  it('all depths at once, in the order asked for', async () => {
    const encoder = await SceneEncoder.fromWeights({ ...sizes, levels: [1, 4, 0, 2], featureLevel: 3 }, weights, local);
    const { features, levels } = await encoder.encode(frames);
    await encoder.dispose();
    assertAllclose(levels, classTokens([1, 4, 0, 2]), TOLERANCE);
    assertAllclose(features, { ...classTokens([3]), dims: [1, 2, 32] }, TOLERANCE);
  });
});

describe('Hugging Face CLIP image processor (tooling/oracles/clip.py)', async () => {
  const { tensor } = await readFixture(new URL('./__fixtures__/clip-preprocess.safetensors', import.meta.url));
  const definition: ComponentDefinition<SceneEncoderConfig, 'image', 'pixels'> = {
    type: 'clip-normalization',
    resolveConfig,
    module: defineModule({
      name: 'Normalization',
      inputs: (_config: SceneEncoderConfig) => ({ image: u8('batch', 3, 'height', 'width') }),
      outputs: () => ({ pixels: f32('batch', 3, 'height', 'width') }),
      forward: ({ image }, _weights, { normalization }) => ({ pixels: normalizeFrames(image, normalization) }),
    }),
  };
  const sidePx = 56;

  // How pictures are resized is the affair of who reads them: here they are as the processor resized them.
  it.each(['same', 'upscale', 'downscale', 'portrait'])('pixel values of a picture: %s', async (name) => {
    const { data, dims } = tensor(`output.${name}_resized_uint8`, 'uint8'); // [height, width, 3]
    const [height, width] = dims as [number, number, number];
    const [top, left] = [Math.floor((height - sidePx) / 2), Math.floor((width - sidePx) / 2)];
    const planes = Uint8Array.from({ length: 3 * sidePx * sidePx }, (_, index) => {
      const [channel, place] = [Math.floor(index / sidePx ** 2), index % sidePx ** 2];
      const [y, x] = [top + Math.floor(place / sidePx), left + (place % sidePx)];
      return data[(y * width + x) * 3 + channel] as number;
    });
    const component = await componentFromWeights(definition, {}, new Map(), local);
    const image = { type: 'uint8', dims: [1, 3, sidePx, sidePx], data: planes } as const;
    const { pixels } = await component.run({ image });
    await component.dispose();
    assertAllclose(pixels as HostTensor, { ...tensor(`output.${name}`), dims: [1, 3, sidePx, sidePx] }, 1e-5);
  });
});
