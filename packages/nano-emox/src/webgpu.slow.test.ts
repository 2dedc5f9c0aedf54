// Slow for want of a GPU: a driver in software takes minutes for what a GPU does in a second.
import type { HostTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { hasSoftwareGpu } from '../../../tooling/software-gpu';
import { NanoEmoX } from './index';
import { sampleClip } from './sample-clip';

/** Of soft tokens, relative to the largest value of their kind. */
const TOLERANCE = 1e-5;

describe.skipIf(!hasSoftwareGpu)('a model on WebGPU in software', () => {
  it('perceives and answers what the model on the processor does', async () => {
    const analyse = async (device: 'cpu' | 'webgpu') => {
      const model = await NanoEmoX.fromPretrained('tiny', { device });
      try {
        const clip = await model.encode(sampleClip.path);
        const { tasks } = await model.analyze(clip, { words: sampleClip.words });
        return { softTokens: clip.softTokens.map(({ embeddings }) => embeddings), tasks };
      } finally {
        await model.dispose();
      }
    };
    const [expected, found] = [await analyse('cpu'), await analyse('webgpu')];
    expect(found.softTokens).toHaveLength(expected.softTokens.length);
    found.softTokens.forEach((tokens, index) => {
      const { dims, data } = expected.softTokens[index] as HostTensor;
      expect(tokens.dims).toEqual(dims);
      const differences = [...(data as Float32Array)].map((value, at) => Math.abs(value - Number(tokens.data[at])));
      const largest = Math.max(...(data as Float32Array).map(Math.abs));
      expect(Math.max(...differences)).toBeLessThanOrEqual(TOLERANCE * largest);
    });
    const texts = ({ tasks }: typeof found) => Object.values(tasks).map((result) => result.answer);
    expect(texts(found)).toEqual(texts(expected));
  });
});
