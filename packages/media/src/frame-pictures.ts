import type { HostTensor } from '@nano-emox/tensor-contract';
import { encode } from 'jpeg-js';

const JPEG_QUALITY = 88;

/**
 * Frames as pictures that a page can show.
 * @param frames uint8 `[frames, 3, height, width]`, RGB
 * @returns JPEG files as `data:` addresses
 */
export function framePictures({ dims, data }: HostTensor<'uint8'>): string[] {
  const [frames = 0, , height = 0, width = 0] = dims;
  return Array.from({ length: frames }, (_, index) => {
    const plane = height * width;
    const start = index * 3 * plane;
    const rgba = Buffer.alloc(plane * 4, 255);
    for (let pixel = 0; pixel < plane; pixel++) {
      for (let channel = 0; channel < 3; channel++) {
        rgba[pixel * 4 + channel] = data[start + channel * plane + pixel] as number;
      }
    }
    return `data:image/jpeg;base64,${encode({ data: rgba, width, height }, JPEG_QUALITY).data.toString('base64')}`;
  });
}
