import { rejectUnknownFields, requireChoice, requireDivisible, requirePositive, requireSizes } from '@nano-emox/engine';
import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { melFilters } from './mel-filters';

/**
 * Which samples share the mean and variance that a waveform is normalised by.
 * - `joint-clips`: all clips of a batch row. The released code normalises everything it is given at once, which at its
 *   inference batch of 1 is this; a row then does not depend on its neighbours.
 * - `joint-batch`: all clips of all rows, the released code in training. Rows depend on their neighbours.
 * - `per-clip`: each clip by itself, as the feature extractor is documented.
 * - `none`: the input is taken as it is.
 */
export type WaveformNormalization = 'joint-clips' | 'joint-batch' | 'per-clip' | 'none';

/** One convolution of the front-end. */
export type ConvolutionLayerConfig = {
  readonly filters: number;
  /** Samples (or steps) a window covers; at least `stride`. */
  readonly kernel: number;
  readonly stride: number;
};

/** Spectrum that a small encoder hears in place of the waveform. */
export type MelSpectrumConfig = {
  /** Bands from 0 to 8 kHz, of equal width on the mel scale. */
  readonly bands: number;
  /** Samples of a window, even. */
  readonly windowSamples: number;
  /** Samples from one window to the next; at most `windowSamples`. */
  readonly strideSamples: number;
};

/** Configuration of a HuBERT encoder. */
export type AudioEncoderConfig = {
  /**
   * A fixed log-mel spectrum before the front-end, whose convolutions then run over its windows. Published models have none: they
   * learn from far more speech than an encoder of a few layers can.
   * @default null
   */
  readonly melSpectrum: MelSpectrumConfig | null;
  /** Front-end, first layer first. @default seven layers of 512 filters: 400 samples per step, 320 apart */
  readonly convolutions: readonly ConvolutionLayerConfig[];
  /** Whether convolutions have a bias. @default false */
  readonly convolutionBias: boolean;
  /**
   * `layer`: layer norm in every convolution layer; `batch`: batch norm in every one; `group`: normalisation over time in the
   * first only. @default 'layer'
   */
  readonly convolutionNorm: 'layer' | 'batch' | 'group';
  /** Width of the transformer. @default 1024 */
  readonly hidden: number;
  /** Transformer layers of the checkpoint; those above every level that is read are neither loaded nor computed. @default 24 */
  readonly layers: number;
  /** Attention heads; divides `hidden`. @default 16 */
  readonly heads: number;
  /** Width inside the feed-forward blocks. @default 4096 */
  readonly mlpDim: number;
  /** Taps of the positional convolution. @default 128 */
  readonly positionKernel: number;
  /** Groups of the positional convolution; divides `hidden`. @default 16 */
  readonly positionGroups: number;
  /** Norm before each block (large models) or after it (base models). @default true */
  readonly stableLayerNorm: boolean;
  /** @default 1e-5 */
  readonly layerNormEpsilon: number;
  /** Hidden states given as `levels`: 0 is the input of the first layer, k the output of layer k. @default [16, 18, 22] */
  readonly levels: readonly number[];
  /** Hidden states whose mean is `features`. @default the last four */
  readonly featureLevels: readonly number[];
  /** @default 'joint-clips' */
  readonly normalization: WaveformNormalization;
};

const where = 'AudioEncoder';

/** Kernels and strides that all published HuBERT models share (Hsu et al. 2021, section III-B). */
const windows = [
  { kernel: 10, stride: 5 },
  { kernel: 3, stride: 2 },
  { kernel: 3, stride: 2 },
  { kernel: 3, stride: 2 },
  { kernel: 3, stride: 2 },
  { kernel: 2, stride: 2 },
  { kernel: 2, stride: 2 },
] as const;

/** The published front-end with another number of filters. */
export const hubertConvolutions = (filters: number): readonly ConvolutionLayerConfig[] =>
  windows.map((window) => ({ filters, ...window }));

/** Sizes of chinese-hubert-large and the levels the released Nano-EmoX reads from it. */
const defaults: Omit<AudioEncoderConfig, 'featureLevels'> = {
  melSpectrum: null,
  convolutions: hubertConvolutions(512),
  convolutionBias: false,
  convolutionNorm: 'layer',
  hidden: 1024,
  layers: 24,
  heads: 16,
  mlpDim: 4096,
  positionKernel: 128,
  positionGroups: 16,
  stableLayerNorm: true,
  layerNormEpsilon: 1e-5,
  levels: [16, 18, 22],
  normalization: 'joint-clips',
};

/** Hidden states averaged into the single-scale feature (released code). */
const FEATURE_DEPTH = 4;

/** Fills defaults and validates. @throws InvalidConfigError */
export function resolveAudioEncoderConfig(config: Partial<AudioEncoderConfig>): AudioEncoderConfig {
  const merged = { ...defaults, ...config };
  const depth = Math.min(FEATURE_DEPTH, merged.layers);
  const lastStates = () => Array.from({ length: depth }, (_, index) => merged.layers - depth + 1 + index);
  const resolved: AudioEncoderConfig = { ...merged, featureLevels: config.featureLevels ?? lastStates() };
  rejectUnknownFields(where, config, { ...defaults, featureLevels: [] });
  requireSizes(where, resolved, ['hidden', 'layers', 'heads', 'mlpDim', 'positionKernel', 'positionGroups']);
  requireDivisible(where, resolved, 'hidden', 'heads');
  requireDivisible(where, resolved, 'hidden', 'positionGroups');
  requirePositive(where, resolved, 'layerNormEpsilon');
  requireChoice(where, resolved, 'convolutionNorm', ['layer', 'batch', 'group']);
  requireChoice(where, resolved, 'normalization', ['joint-clips', 'joint-batch', 'per-clip', 'none']);
  for (const field of ['convolutionBias', 'stableLayerNorm'] as const)
    requireChoice(where, resolved, field, [true, false]);
  requireSpectrum(resolved);
  requireConvolutions(resolved);
  requireLevels(resolved, 'levels');
  requireLevels(resolved, 'featureLevels');
  return resolved;
}

function requireSpectrum({ melSpectrum }: AudioEncoderConfig): void {
  if (melSpectrum === null) return;
  requireSizes(where, melSpectrum, ['bands', 'windowSamples', 'strideSamples']);
  const { bands, windowSamples, strideSamples } = melSpectrum;
  const fits = windowSamples % 2 === 0 && strideSamples <= windowSamples;
  if (fits && melFilters(bands, windowSamples).every((weights) => weights.some((weight) => weight > 0))) return;
  throw new InvalidConfigError({
    message: `${where}: config.melSpectrum is ${JSON.stringify(melSpectrum)}`,
    hint: 'Give an even windowSamples, no larger strideSamples, and few enough bands that each of them holds a frequency.',
    field: 'melSpectrum',
  });
}

function requireConvolutions({ convolutions }: AudioEncoderConfig): void {
  const isSize = (value: unknown) => Number.isInteger(value) && (value as number) > 0;
  const fits = ({ filters, kernel, stride }: ConvolutionLayerConfig) =>
    isSize(filters) && isSize(kernel) && isSize(stride) && kernel >= stride;
  if (Array.isArray(convolutions) && convolutions.length > 0 && convolutions.every(fits)) return;
  throw new InvalidConfigError({
    message: `${where}: config.convolutions is ${JSON.stringify(convolutions)}`,
    hint: 'Give at least one layer of { filters, kernel, stride }, whole numbers above 0, the kernel not below the stride.',
    field: 'convolutions',
  });
}

function requireLevels(config: AudioEncoderConfig, field: 'levels' | 'featureLevels'): void {
  const levels: unknown = config[field];
  const isLevel = (level: unknown) =>
    Number.isInteger(level) && (level as number) >= 0 && (level as number) <= config.layers;
  if (Array.isArray(levels) && levels.length > 0 && levels.every(isLevel)) return;
  throw new InvalidConfigError({
    message: `${where}: config.${field} is ${JSON.stringify(levels)}`,
    hint: `Give at least one hidden state from 0 to ${config.layers}.`,
    field,
  });
}

/** Transformer layers that have to run for the levels that are read. */
export function neededLayers({ levels, featureLevels }: AudioEncoderConfig): number {
  return Math.max(...levels, ...featureLevels);
}

/** What slides over the samples, first to last. */
function slidingWindows({ melSpectrum, convolutions }: AudioEncoderConfig) {
  if (melSpectrum === null) return convolutions;
  return [{ kernel: melSpectrum.windowSamples, stride: melSpectrum.strideSamples }, ...convolutions];
}

/** Steps the front-end makes of `samples`; 0 or less when there are too few. */
export function stepsOf(config: AudioEncoderConfig, samples: number): number {
  return slidingWindows(config).reduce(
    (length, { kernel, stride }) => Math.floor((length - kernel) / stride) + 1,
    samples,
  );
}

/** Fewest samples of which the front-end makes a step. */
export function fewestSamples(config: AudioEncoderConfig): number {
  return slidingWindows(config).reduceRight((steps, { kernel, stride }) => (steps - 1) * stride + kernel, 1);
}

/** Ready configurations: `paper` has the published sizes, `tiny` those of the embedded model. */
export const presets = {
  paper: resolveAudioEncoderConfig({}),
  tiny: resolveAudioEncoderConfig({
    melSpectrum: { bands: 48, windowSamples: 512, strideSamples: 160 },
    convolutions: [
      { filters: 128, kernel: 3, stride: 2 },
      { filters: 128, kernel: 3, stride: 2 },
    ],
    convolutionNorm: 'batch',
    hidden: 128,
    layers: 5,
    heads: 4,
    mlpDim: 512,
    positionKernel: 32,
    positionGroups: 4,
    levels: [2, 3, 4],
  }),
} as const;
