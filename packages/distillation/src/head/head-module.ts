import { defineModule, div, gelu, linearLayer, mean, softmax, type Value, type WeightScope } from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { f32 } from '@nano-emox/tensor-contract';
import { type DistillationHeadConfig, resolveHeadConfig } from './head-config';

/** Changes a hidden layer while training, e.g. by dropping values. */
export type ChangeHidden = (hidden: Value, layer: number) => Value;

/**
 * Logits `[batch, classes]` of encoder tokens `[batch, tokens, featureDim]`: their mean, then `depth` layers of width
 * `widths[i]` with GELU, then the classes. Dropout counts as a layer in the names, so layer i is `mlp.{3 i}`.
 * @see EmoVLM-KD, distillation module (released class `DistillationHead`)
 */
export function headLogits(
  features: Value,
  weights: WeightScope,
  { depth, widths, labels }: DistillationHeadConfig,
  changeHidden: ChangeHidden = (hidden) => hidden,
): Value {
  const mlp = weights.scope('distillation_head', 'mlp');
  let x = mean(features, [1]); // [batch, featureDim]
  for (const [layer, width] of widths.slice(0, depth).entries()) {
    x = changeHidden(gelu(linearLayer(x, mlp.scope(3 * layer), width)), layer); // [batch, width]
  }
  return linearLayer(x, mlp.scope(3 * depth), labels.length);
}

/** `features` float32 `[batch, tokens, featureDim]` to `logits` and `probabilities` `[batch, classes]`. */
export const distillationHeadModule = defineModule<DistillationHeadConfig, 'features', 'logits' | 'probabilities'>({
  name: 'DistillationHead',
  inputs: () => ({ features: f32('batch', 'tokens', 'featureDim') }),
  outputs: ({ labels }) => ({ logits: f32('batch', labels.length), probabilities: f32('batch', labels.length) }),
  forward({ features }, weights, config) {
    const logits = headLogits(features, weights, config);
    return { logits, probabilities: softmax(div(logits, config.temperature), -1) };
  },
  // Released checkpoints carry the whole frozen encoder beside the head.
  ignores: (name) => name.startsWith('visual_encoder.'),
});

/** What a head is made of, for loaders and trainers. */
export const distillationHeadDefinition: ComponentDefinition<
  DistillationHeadConfig,
  'features',
  'logits' | 'probabilities'
> = { type: 'distillation-head', module: distillationHeadModule, resolveConfig: resolveHeadConfig };
