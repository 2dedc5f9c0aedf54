import { fileURLToPath } from 'node:url';
import facts from '../assets/sample-clip.json' with { type: 'json' };

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
} = Object.freeze({
  path: fileURLToPath(new URL('../assets/sample-clip.mp4', import.meta.url)),
  words: facts.subtitle,
});
