/**
 * Writes the sample clip of `npm start` (`packages/nano-emox/assets/sample-clip.mp4`) and the words spoken in it
 * (`sample-clip.json`). Run after a build: `pnpm --filter @nano-emox/clip-renderer render-sample [output folder]`.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeClip } from '@nano-emox/media';
import { framesPerSecond } from './frame-sampling';
import { type RenderedClip, renderClip } from './render-clip';

/** Chosen by eye: a clearly acted, well-lit clip between three and four seconds long. */
const sampleSeed = 'sample-48';
const sidePx = 320;

function* pictures(clip: RenderedClip): Generator<Uint8Array> {
  const count = Math.floor(clip.durationSeconds * framesPerSecond);
  for (let index = 0; index < count; index += 1) yield clip.rgb24At(index / framesPerSecond, { size: sidePx });
}

const folder =
  process.argv[2] ?? join(fileURLToPath(new URL('.', import.meta.url)), '../../../packages/nano-emox/assets');
await mkdir(folder, { recursive: true });
const clip = renderClip({
  seed: sampleSeed,
  emotion: 'happy',
  intensity: 0.95,
  framing: 'portrait',
  grayscale: false,
  roughness: 0.15,
});
const videoPath = join(folder, 'sample-clip.mp4');
await writeClip(videoPath, {
  frames: pictures(clip),
  fps: framesPerSecond,
  width: sidePx,
  height: sidePx,
  samples: clip.samples,
  sampleRateHz: clip.sampleRateHz,
});
const subtitle = {
  subtitle: clip.script.text,
  durationSeconds: Number(clip.durationSeconds.toFixed(2)),
  source: 'rendered by packages/clip-renderer',
  seed: sampleSeed,
};
await writeFile(join(folder, 'sample-clip.json'), `${JSON.stringify(subtitle, null, 2)}\n`);
process.stdout.write(
  `${videoPath}: ${clip.durationSeconds.toFixed(2)} s, ${(await stat(videoPath)).size} bytes, "${clip.script.text}"\n`,
);
