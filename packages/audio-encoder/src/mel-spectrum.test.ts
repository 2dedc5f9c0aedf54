import { graphOf, input, writeModel } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, ramp, readFixture } from '@nano-emox/engine/testing';
import { type FloatTensor, f32 } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { AudioEncoder, fewestSamples, presets, resolveAudioEncoderConfig, stepsOf } from './index';
import { logMelSpectrum } from './mel-spectrum';

const executor = await openExecutor({ workers: 0 });
afterAll(() => executor.dispose());

const small = {
  melSpectrum: { bands: 12, windowSamples: 128, strideSamples: 40 },
  convolutions: [{ filters: 8, kernel: 3, stride: 2 }],
  convolutionNorm: 'batch',
  hidden: 16,
  layers: 1,
  heads: 2,
  mlpDim: 32,
  positionKernel: 4,
  positionGroups: 2,
  levels: [1],
} as const;

describe('logMelSpectrum', () => {
  it('equals torchaudio', async () => {
    const { tensor } = await readFixture(new URL('./__fixtures__/mel-spectrum.safetensors', import.meta.url));
    const spectrum = logMelSpectrum(input('samples', f32('rows', 'samples')), {
      bands: 24,
      windowSamples: 512,
      strideSamples: 160,
    });
    const bytes = writeModel(graphOf({ spectrum }), { weights: new Map() }).model;
    const session = await executor.load({ bytes }, { name: 'spectrum' });
    const result = await session.run({ samples: tensor('input.samples') });
    await session.dispose();
    assertAllclose(result.spectrum as FloatTensor, tensor('output.log_mel'), 1e-4);
  });
});

describe('an encoder that hears a spectrum', () => {
  it('knows how many steps clips of any length have', async () => {
    const config = resolveAudioEncoderConfig(small);
    const fewest = fewestSamples(config);
    expect([stepsOf(config, fewest - 1), stepsOf(config, fewest), stepsOf(config, fewest + 80)]).toEqual([0, 1, 2]);
    const encoder = await AudioEncoder.create(small, { executor, seed: 1 });
    for (const samples of [fewest, 1999]) {
      const { features } = await encoder.encode(ramp(2, 3, samples));
      expect(features.dims).toEqual([2, 3, 16]);
      expect(features.data.every(Number.isFinite)).toBe(true);
    }
    await expect(encoder.encode(ramp(1, 1, fewest - 1))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await encoder.dispose();
  });

  it.each([
    { bands: 200, windowSamples: 128, strideSamples: 40 },
    { bands: 12, windowSamples: 127, strideSamples: 40 },
    { bands: 12, windowSamples: 128, strideSamples: 129 },
  ])('refuses %o', (melSpectrum) => {
    expect(() => resolveAudioEncoderConfig({ ...small, melSpectrum })).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG' }),
    );
  });

  it('is what the embedded model has', () => {
    expect(presets.paper.melSpectrum).toBeNull();
    expect(stepsOf(presets.tiny, 32_000)).toBe(48);
  });
});
