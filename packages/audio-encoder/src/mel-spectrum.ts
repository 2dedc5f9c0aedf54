import { add, constantOf, type Dim, log, matmul, mul, reshape, slice, type Value } from '@nano-emox/engine';
import type { MelSpectrumConfig } from './config';
import { melFilters } from './mel-filters';
import { windowsOf } from './windows';

/** Added to the power, far below that of speech normalised to a variance of 1, so that silence stays finite. */
const POWER_FLOOR = 1e-3;

/**
 * Logarithm of the power in bands of equal width on the mel scale (O'Shaughnessy 1987): 16 kHz samples `[rows, samples]` to
 * `[rows, time, bands]`. Windows are periodic Hann windows, not centred; filters are triangles of height 1. As
 * `torchaudio.transforms.MelSpectrogram(center=False)`. Nothing is learned, so a training step passes it once.
 */
export function logMelSpectrum(samples: Value, { bands, windowSamples, strideSamples }: MelSpectrumConfig): Value {
  const [rows, length] = samples.shape as [Dim, Dim];
  const windows = windowsOf(reshape(samples, [rows, length, 1]), windowSamples, strideSamples); // [rows, time, window]
  const bins = windowSamples / 2 + 1;
  // Not `linear`, which int8 would round: quiet bands are small differences of large sums.
  const fourier = constantOf(fourierMatrix(windowSamples), [2 * bins, windowSamples]);
  const waves = matmul(windows, fourier, { transposeB: true });
  const [real, imaginary] = [slice(waves, 2, 0, bins), slice(waves, 2, bins)];
  const power = add(mul(real, real), mul(imaginary, imaginary)); // [rows, time, bins]
  const filters = constantOf(melFilters(bands, windowSamples).flat(), [bands, bins]);
  return log(add(matmul(power, filters, { transposeB: true }), POWER_FLOOR));
}

/** Cosines, then sines of every bin under the window: rows of `[2 · bins, window]`. */
function fourierMatrix(windowSamples: number): Float32Array {
  const bins = windowSamples / 2 + 1;
  const matrix = new Float32Array(2 * bins * windowSamples);
  for (let bin = 0; bin < bins; bin++) {
    for (let sample = 0; sample < windowSamples; sample++) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * sample) / windowSamples);
      const angle = (2 * Math.PI * ((bin * sample) % windowSamples)) / windowSamples;
      matrix[bin * windowSamples + sample] = hann * Math.cos(angle);
      matrix[(bins + bin) * windowSamples + sample] = -hann * Math.sin(angle);
    }
  }
  return matrix;
}
