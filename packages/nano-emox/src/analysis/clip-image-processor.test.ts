import { readFixture } from '@nano-emox/engine/testing';
import { resize } from '@nano-emox/media';
import { describe, expect, it } from 'vitest';

/** With the test of the scene encoder, which begins at the resized picture, the whole of CLIP's image processor. */
describe('pictures as CLIP’s image processor resizes them (tooling/oracles/clip.py)', async () => {
  const fixture = '../../../scene-encoder/src/__fixtures__/clip-preprocess.safetensors';
  const { tensor } = await readFixture(new URL(fixture, import.meta.url));
  const pictureOf = (name: string) => {
    const { data, dims } = tensor(name, 'uint8'); // [height, width, 3]
    return { width: dims[1] as number, height: dims[0] as number, data };
  };

  it.each(['upscale', 'downscale', 'portrait', 'same'])('%s', (name) => {
    const expected = pictureOf(`output.${name}_resized_uint8`);
    const found = resize(pictureOf(`input.${name}`), expected.width, expected.height, 'bicubic');
    expect(Buffer.from(found.data).equals(Buffer.from(expected.data))).toBe(true);
  });
});
