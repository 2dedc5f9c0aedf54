import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** Zero crossings of the sinc kept on each side; the default of torchaudio.functional.resample. */
const LOWPASS_FILTER_WIDTH = 6;
/** Cut-off as a part of the lower Nyquist frequency; the default of torchaudio.functional.resample. */
const ROLLOFF = 0.99;
/** Rates a media file can reasonably state, in Hz. */
const MAX_SAMPLE_RATE_HZ = 768_000;

/** One filter per output phase, cut to the taps that are not zero. */
interface ResampleKernel {
  /** Input samples per period, in lowest terms. */
  readonly inputPeriod: number;
  /** Output samples per period; one filter each. */
  readonly outputPeriod: number;
  /** Offset from the start of the input period to the first tap of each phase. */
  readonly firstTap: Int32Array;
  readonly taps: readonly Float32Array[];
}

const kernels = new Map<string, ResampleKernel>();
/** Kernels kept for reuse; a program meets a handful of sample rates. */
const MAX_CACHED_KERNELS = 16;

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/**
 * Hann-windowed sinc filters, the definition torchaudio uses (`sinc_interp_hann`): with the cut-off `base`, tap `k` of
 * phase `p` is `sinc(t) · cos²(πt/12) · base/inputPeriod`, `t = base · (k/inputPeriod − p/outputPeriod)`, |t| < 6.
 */
function makeKernel(fromHz: number, toHz: number): ResampleKernel {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const inputPeriod = fromHz / divisor;
  const outputPeriod = toHz / divisor;
  const base = Math.min(inputPeriod, outputPeriod) * ROLLOFF;
  const reach = (LOWPASS_FILTER_WIDTH * inputPeriod) / base;
  const firstTap = new Int32Array(outputPeriod);
  const taps = Array.from({ length: outputPeriod }, (_, phase) => {
    const centre = (phase * inputPeriod) / outputPeriod;
    const first = Math.ceil(centre - reach);
    const last = Math.floor(centre + reach);
    firstTap[phase] = first;
    const weights = new Float32Array(last - first + 1);
    for (let tap = first; tap <= last; tap++) {
      const t = base * (tap / inputPeriod - phase / outputPeriod);
      const window = Math.cos((Math.PI * t) / LOWPASS_FILTER_WIDTH / 2) ** 2;
      const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
      weights[tap - first] = (sinc * window * base) / inputPeriod;
    }
    return weights;
  });
  return { inputPeriod, outputPeriod, firstTap, taps };
}

function checkRates(fromHz: number, toHz: number): void {
  for (const [argument, rate] of Object.entries({ fromHz, toHz })) {
    if (!Number.isInteger(rate) || rate < 1 || rate > MAX_SAMPLE_RATE_HZ) {
      throw new InvalidArgumentError({
        message: `resample: ${argument} is ${rate}`,
        hint: `Pass a whole number of Hz from 1 to ${MAX_SAMPLE_RATE_HZ}.`,
        argument,
      });
    }
  }
}

function kernelFor(fromHz: number, toHz: number): ResampleKernel {
  checkRates(fromHz, toHz);
  const key = `${fromHz}>${toHz}`;
  let kernel = kernels.get(key);
  if (!kernel) {
    kernel = makeKernel(fromHz, toHz);
    if (kernels.size >= MAX_CACHED_KERNELS) kernels.clear();
    kernels.set(key, kernel);
  }
  return kernel;
}

/** Number of samples at `toHz` that stand for `inputSamples` samples at `fromHz`: the ratio rounded up. */
export function resampledLength(inputSamples: number, fromHz: number, toHz: number): number {
  checkRates(fromHz, toHz);
  const divisor = greatestCommonDivisor(fromHz, toHz);
  return Math.ceil((inputSamples * (toHz / divisor)) / (fromHz / divisor));
}

/**
 * Computes a stretch of the resampled signal from the part of the input that it needs.
 * @param input Mono samples at `fromHz`; everything before and after them counts as zero.
 * @param inputStart Position of `input[0]` in the whole signal, in samples at `fromHz`.
 * @param outputStart First sample wanted, counted at `toHz` from the start of the whole signal.
 */
export function resampleRange(
  input: Float32Array,
  inputStart: number,
  outputStart: number,
  outputCount: number,
  fromHz: number,
  toHz: number,
): Float32Array {
  const { inputPeriod, outputPeriod, firstTap, taps } = kernelFor(fromHz, toHz);
  const output = new Float32Array(outputCount);
  for (let index = 0; index < outputCount; index++) {
    const position = outputStart + index;
    const phase = position % outputPeriod;
    const weights = taps[phase]!;
    const first = ((position - phase) / outputPeriod) * inputPeriod + firstTap[phase]! - inputStart;
    const end = Math.min(weights.length, input.length - first);
    let sum = 0;
    for (let tap = Math.max(0, -first); tap < end; tap++) sum += weights[tap]! * input[first + tap]!;
    output[index] = sum;
  }
  return output;
}

/**
 * Changes the sample rate of a mono signal with a Hann-windowed sinc, width 6, roll-off 0.99: the defaults of
 * `torchaudio.functional.resample`, whose values it gives to 1e-6 for float64 waves
 * (for float32 waves torchaudio rounds its filters, which moves its own values by up to 2e-5).
 * @param samples float32 mono at `fromHz`.
 * @returns float32 mono at `toHz`, `ceil(samples.length * toHz / fromHz)` values
 * @throws InvalidArgumentError for rates that are not whole numbers from 1 to 768000
 */
export function resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  const count = resampledLength(samples.length, fromHz, toHz);
  if (fromHz === toHz) return samples.slice();
  return resampleRange(samples, 0, 0, count, fromHz, toHz);
}

/** {@link resample} for a signal that arrives in pieces; the pieces of the result joined equal the result of the whole. */
export class StreamingResampler {
  /** Input not yet passed for good by every filter that may need it. */
  private held = new Float32Array(0);
  private heldStart = 0;
  private outputStart = 0;
  private readonly reachBefore: number;
  private readonly reachAfter: number;

  constructor(
    readonly fromHz: number,
    readonly toHz: number,
  ) {
    const { inputPeriod, outputPeriod } = kernelFor(fromHz, toHz);
    const base = Math.min(inputPeriod, outputPeriod) * ROLLOFF;
    this.reachBefore = Math.ceil((LOWPASS_FILTER_WIDTH * inputPeriod) / base) + 1;
    this.reachAfter = this.reachBefore;
  }

  /** Takes more input and returns the output that no later input can change. */
  push(samples: Float32Array): Float32Array {
    if (this.fromHz === this.toHz) return samples;
    const joined = new Float32Array(this.held.length + samples.length);
    joined.set(this.held);
    joined.set(samples, this.held.length);
    this.held = joined;
    const inputEnd = this.heldStart + joined.length;
    const final = Math.floor(((inputEnd - this.reachAfter) * this.toHz) / this.fromHz);
    const output = this.advance(Math.max(this.outputStart, final));
    const needed = Math.floor((this.outputStart * this.fromHz) / this.toHz) - this.reachBefore;
    if (needed > this.heldStart) {
      this.held = this.held.slice(needed - this.heldStart);
      this.heldStart = needed;
    }
    return output;
  }

  /** Returns the rest of the output once no input is left. */
  finish(): Float32Array {
    if (this.fromHz === this.toHz) return new Float32Array(0);
    return this.advance(resampledLength(this.heldStart + this.held.length, this.fromHz, this.toHz));
  }

  private advance(outputEnd: number): Float32Array {
    const count = Math.max(0, outputEnd - this.outputStart);
    const output = resampleRange(this.held, this.heldStart, this.outputStart, count, this.fromHz, this.toHz);
    this.outputStart += count;
    return output;
  }
}
