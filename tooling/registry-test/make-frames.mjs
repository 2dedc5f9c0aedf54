/**
 * Writes the pictures of examples/face-encoder-only: the face of the sample clip (rendered by this project, it shows nobody) in eight
 * frames, as JPEG. Run again when the clip changes: `pnpm --filter @nano-emox/registry-test make-frames`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadClip } from '@nano-emox/media';
import { encode } from 'jpeg-js';
import { sampleClip } from 'nano-emox/sample-clip';

const sizePx = 112;
const jpegQuality = 85;
const folder = new URL('../../examples/face-encoder-only/frames/', import.meta.url);

const { video } = await loadClip(sampleClip.path, { frameSizePx: sizePx, faceCrop: 'detect', require: ['video'] });
const [count] = video.faceFrames.dims;
const pixels = sizePx * sizePx;
for (let frame = 0; frame < count; frame++) {
  const planes = video.faceFrames.data.subarray(frame * 3 * pixels, (frame + 1) * 3 * pixels);
  const rgba = new Uint8Array(4 * pixels).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let colour = 0; colour < 3; colour++) rgba[4 * pixel + colour] = planes[colour * pixels + pixel];
  }
  const { data } = encode({ data: rgba, width: sizePx, height: sizePx }, jpegQuality);
  writeFileSync(fileURLToPath(new URL(`${frame}.jpg`, folder)), data);
}
