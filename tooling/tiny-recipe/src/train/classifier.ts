import {
  configAxes,
  crossEntropy,
  defineModule,
  type Graph,
  linearLayer,
  mean,
  type NetworkModule,
  traceModule,
  type Value,
} from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { labelSets } from '@nano-emox/tasks';
import { f32, i64 } from '@nano-emox/tensor-contract';

/** The seven classes every encoder of the tiny preset is pretrained on. */
export const emotionClasses = labelSets.sevenEmotions;

/** Share of the target that is spread over all classes; the labels of FER2013 are noisy. */
const LABEL_SMOOTHING = 0.05;

type EncoderModule<Config extends object> = NetworkModule<Config, string, string>;

/** An encoder with a linear head on the mean of its features over time: `logits` `[batch, classes]`. */
export function classifierModule<Config extends object>(
  encoder: EncoderModule<Config>,
): NetworkModule<Config, string, 'logits'> {
  return defineModule<Config, string, 'logits'>({
    name: `${encoder.name}Classifier`,
    inputs: (config) => encoder.inputs(config),
    outputs: () => ({ logits: f32('batch', emotionClasses.length) }),
    forward(inputs, weights, config) {
      const { features } = encoder.forward(inputs, weights, config) as { features: Value };
      return { logits: linearLayer(mean(features, [1]), weights.scope('head'), emotionClasses.length) };
    },
  });
}

/** The loss of the classifier on int64 `labels` `[batch]`. */
export function classifierLossGraph<Config extends object>(encoder: EncoderModule<Config>, config: Config): Graph {
  const classifier = classifierModule(encoder);
  const withLoss = defineModule<Config, string, 'loss'>({
    name: classifier.name,
    inputs: (resolved) => ({ ...classifier.inputs(resolved), labels: i64('batch') }),
    outputs: () => ({ loss: f32() }),
    forward({ labels, ...inputs }, weights, resolved) {
      const { logits } = classifier.forward(inputs, weights, resolved);
      return { loss: crossEntropy(logits, labels as Value, LABEL_SMOOTHING) };
    },
  });
  return traceModule(withLoss, config, { axes: configAxes(config) });
}

/** What the runtime needs to evaluate a classifier. */
export function classifierDefinition<Config extends object>(
  encoder: EncoderModule<Config>,
  resolveConfig: (config: Partial<Config>) => Config,
): ComponentDefinition<Config, string, 'logits'> {
  return { type: `${encoder.name}-classifier`, module: classifierModule(encoder), resolveConfig };
}
