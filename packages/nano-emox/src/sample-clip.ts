import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const asset = (name: string) => fileURLToPath(new URL(`../assets/${name}`, import.meta.url));
const { subtitle } = JSON.parse(readFileSync(asset('sample-clip.json'), 'utf8')) as { readonly subtitle: string };

/**
 * A short clip to try the model on: an animated face and a synthetic voice, rendered by this project.
 * @example
 * import { sampleClip } from 'nano-emox/sample-clip';
 * await model.analyze(sampleClip.path, { words: sampleClip.words });
 */
export const sampleClip: {
  /** Absolute path of an MP4 file. */
  readonly path: string;
  /** What the voice says. */
  readonly words: string;
} = Object.freeze({ path: asset('sample-clip.mp4'), words: subtitle });
