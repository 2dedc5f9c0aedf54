import {
  add,
  batchNorm,
  type Dim,
  div,
  gelu,
  layerNorm,
  linear,
  mean,
  mul,
  multiplyDims,
  normal,
  ones,
  reshape,
  sqrt,
  sub,
  transpose,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import type { AudioEncoderConfig, ConvolutionLayerConfig } from './config';
import { logMelSpectrum } from './mel-spectrum';
import { windowsOf } from './windows';

/** PyTorch's default of the norms inside the front-end; the configuration's epsilon is that of the transformer. */
const NORM_EPSILON = 1e-5;

/**
 * Strided convolutions from samples, or from their spectrum, to steps: `[rows, samples]` to `[rows, time, filters]`.
 *
 * Everything stays channels-last and each convolution is one matrix product over its windows. That saves the two transposes
 * around every layer norm, and makes the backward pass plain products too: native runtimes have no fast kernel for the
 * gradients of long one-dimensional convolutions.
 */
export function convolutionFrontEnd(samples: Value, weights: WeightScope, config: AudioEncoderConfig): Value {
  const [rows, length] = samples.shape as [Dim, Dim];
  const { melSpectrum } = config;
  let x = melSpectrum
    ? batchNormLayer(logMelSpectrum(samples, melSpectrum), weights.scope('spectrum_norm'))
    : reshape(samples, [rows, length, 1]);
  config.convolutions.forEach((layer, index) => {
    const scope = weights.scope('conv_layers', index);
    x = gelu(
      normalizeLayer(windowProduct(x, scope.scope('conv'), layer, config.convolutionBias), scope, index, config),
    );
  });
  return x;
}

/** The convolution itself, without padding: `[rows, length, channels]` to `[rows, time, filters]`. */
function windowProduct(
  x: Value,
  weights: WeightScope,
  { filters, kernel, stride }: ConvolutionLayerConfig,
  bias: boolean,
): Value {
  const channels = x.shape[2] as number;
  const inputs = kernel * channels;
  // He et al. 2015, which published models started from (transformers, `_init_weights`).
  const weight = weights.get('weight', [filters, channels, kernel], normal(Math.sqrt(2 / inputs)));
  const matrix = reshape(transpose(weight, [0, 2, 1]), [filters, inputs]); // tap by tap, as windows are
  return linear(windowsOf(x, kernel, stride), matrix, bias ? weights.get('bias', [filters], zeros) : undefined);
}

/** Batch norm of `[rows, time, filters]`, every step of every row a sample. */
function batchNormLayer(x: Value, weights: WeightScope): Value {
  const [rows, time, filters] = x.shape as [Dim, Dim, number];
  const flat = reshape(x, [multiplyDims(rows, time), filters]);
  const normed = batchNorm(
    flat,
    {
      scale: weights.get('weight', [filters], ones),
      bias: weights.get('bias', [filters], zeros),
      mean: weights.get('running_mean', [filters], zeros),
      variance: weights.get('running_var', [filters], ones),
    },
    NORM_EPSILON,
  );
  return reshape(normed, [rows, time, filters]);
}

/**
 * Layer norm over the filters or batch norm in every layer, or normalisation of each filter over time in the first one only.
 */
function normalizeLayer(x: Value, weights: WeightScope, index: number, { convolutionNorm }: AudioEncoderConfig): Value {
  if (convolutionNorm === 'group' && index > 0) return x;
  const filters = x.shape[2] as number;
  const scope = weights.scope('layer_norm'); // the name of every kind of norm
  if (convolutionNorm === 'batch') return batchNormLayer(x, scope);
  const scale = scope.get('weight', [filters], ones);
  const bias = scope.get('bias', [filters], zeros);
  if (convolutionNorm === 'layer') return layerNorm(x, scale, bias, NORM_EPSILON);
  const centered = sub(x, mean(x, [1], true)); // group norm with one group per filter
  const variance = mean(mul(centered, centered), [1], true);
  return add(mul(div(centered, sqrt(add(variance, NORM_EPSILON))), scale), bias);
}
