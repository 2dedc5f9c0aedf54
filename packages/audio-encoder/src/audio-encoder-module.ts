import {
  concat,
  type Dim,
  defineModule,
  layerNormLayer,
  mean,
  multiplyDims,
  reshape,
  unsqueeze,
  type Value,
  type WeightScope,
} from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { f32 } from '@nano-emox/tensor-contract';
import { type AudioEncoderConfig, neededLayers, resolveAudioEncoderConfig } from './config';
import { convolutionFrontEnd } from './convolution-front-end';
import { normalizeWaveform } from './normalize-waveform';
import { hiddenStates, transformerLinear } from './transformer';

/** Samples `[rows, samples]` to all hidden states `[rows, time, hidden]` that are needed, see `hiddenStates`. */
export function hubertStates(samples: Value, weights: WeightScope, config: AudioEncoderConfig): Value[] {
  const steps = convolutionFrontEnd(samples, weights.scope('feature_extractor'), config); // [rows, time, filters]
  const projection = weights.scope('feature_projection');
  const normal = layerNormLayer(steps, projection.scope('layer_norm'), config.layerNormEpsilon);
  return hiddenStates(
    transformerLinear(normal, projection.scope('projection'), config.hidden),
    weights.scope('encoder'),
    config,
  );
}

/**
 * HuBERT with chosen hidden levels: 16 kHz samples float32 `[batch, clips, samples]` to `features` `[batch, clips, hidden]`, the
 * mean over time of the mean of the last hidden states, and `levels` `[batch, clips, level, hidden]`, means over time of single
 * hidden states, shallow to deep. @see Hsu et al. 2021; Nano-EmoX, speech encoder
 */
export const audioEncoderModule = defineModule<AudioEncoderConfig, 'samples', 'features' | 'levels'>({
  name: 'AudioEncoder',
  inputs: () => ({ samples: f32('batch', 'clips', 'samples') }),
  outputs: ({ levels }) => ({
    features: f32('batch', 'clips', 'hidden'),
    levels: f32('batch', 'clips', levels.length, 'hidden'),
  }),
  forward({ samples }, weights, config) {
    const [batch, clips, length] = samples.shape as [Dim, Dim, Dim];
    const normal = normalizeWaveform(samples, config.normalization);
    const states = hubertStates(reshape(normal, [multiplyDims(batch, clips), length]), weights, config);
    const means = new Map<number, Value>();
    const pooled = (level: number): Value => {
      const known = means.get(level) ?? unsqueeze(mean(states[level] as Value, [1]), 1); // [rows, 1, hidden]
      means.set(level, known);
      return known;
    };
    const stacked = (levels: readonly number[]) => concat(levels.map(pooled), 1); // [rows, level, hidden]
    const { hidden, levels, featureLevels } = config;
    return {
      features: reshape(mean(stacked(featureLevels), [1]), [batch, clips, hidden]),
      levels: reshape(stacked(levels), [batch, clips, levels.length, hidden]),
    };
  },
  ignores: (name, config) => {
    if (name === 'masked_spec_embed') return true; // replaces masked steps in pre-training
    const layer = /^encoder\.layers\.(\d+)\./.exec(name)?.[1];
    if (layer !== undefined) return Number(layer) >= neededLayers(config) && Number(layer) < config.layers;
    return /^encoder\.layer_norm\.(weight|bias)$/.test(name); // unread when no level is the last one
  },
});

/** What an audio encoder is made of, for loaders and trainers. */
export const audioEncoderDefinition: ComponentDefinition<AudioEncoderConfig, 'samples', 'features' | 'levels'> = {
  type: 'audio-encoder',
  module: audioEncoderModule,
  resolveConfig: resolveAudioEncoderConfig,
};
