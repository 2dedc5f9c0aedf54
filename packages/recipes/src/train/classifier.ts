import {
  add,
  batchNorm,
  configAxes,
  constantOf,
  defineModule,
  type Graph,
  linearLayer,
  logSoftmax,
  mean,
  mul,
  type NetworkModule,
  neg,
  ones,
  sub,
  sum,
  traceModule,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { labelSets } from '@nano-emox/tasks';
import { f32 } from '@nano-emox/tensor-contract';

/** The seven classes every encoder of the tiny preset is pretrained on. */
export const emotionClasses = labelSets.sevenEmotions;

type EncoderModule<Config extends object> = NetworkModule<Config, string, string>;

/**
 * Mean of features over time, each dimension normalised over the batch. What all samples have in common is by far the largest part of fresh
 * features; without this the heads spend hundreds of steps on it.
 */
function pooledFeatures(features: Value, weights: WeightScope): Value {
  const pooled = mean(features, [1]); // [batch, dim]
  const dim = pooled.shape[1] as number;
  const norm = weights.scope('norm');
  const fixed = {
    scale: constantOf(new Float32Array(dim).fill(1), [dim]),
    bias: constantOf(new Float32Array(dim), [dim]),
  };
  const measured = { mean: norm.get('running_mean', [dim], zeros), variance: norm.get('running_var', [dim], ones) };
  return batchNorm(pooled, { ...fixed, ...measured }, 1e-5);
}

/** An encoder with a linear head on the normalised mean of its features over time: `logits` `[batch, classes]`. */
export function classifierModule<Config extends object>(
  encoder: EncoderModule<Config>,
): NetworkModule<Config, string, 'logits'> {
  return defineModule<Config, string, 'logits'>({
    name: `${encoder.name}Classifier`,
    inputs: (config) => encoder.inputs(config),
    outputs: () => ({ logits: f32('batch', emotionClasses.length) }),
    // Weights of the rest of a component, too, where its features alone are classified.
    ignores: (name, config) => encoder.ignores?.(name, config) ?? false,
    forward(inputs, weights, config) {
      const { features } = encoder.forward(inputs, weights, config) as { features: Value };
      const head = weights.scope('head');
      return { logits: linearLayer(pooledFeatures(features, head), head, emotionClasses.length) };
    },
  });
}

/** How much the distance to known facial movements counts beside the class; rendered faces know theirs, photographs do not. */
const MOVEMENT_WEIGHT = 2;

/**
 * The loss of the classifier against float32 `targets` `[batch, classes]`, the probability each class should get: cross-entropy. With
 * `movements` above 0 a second linear head also predicts that many facial movements from the same features: float32 `movements`
 * `[batch, movements]`, counted where `known` `[batch]` is 1.
 */
export function classifierLossGraph<Config extends object>(
  encoder: EncoderModule<Config>,
  config: Config,
  movements = 0,
): Graph {
  const withLoss = defineModule<Config, string, 'loss'>({
    name: `${encoder.name}Classifier`,
    inputs: (resolved) => ({
      ...encoder.inputs(resolved),
      targets: f32('batch', emotionClasses.length),
      ...(movements > 0 && { movements: f32('batch', movements), known: f32('batch', 1) }),
    }),
    outputs: () => ({ loss: f32() }),
    forward({ targets, movements: shown, known, ...inputs }, weights, resolved) {
      const { features } = encoder.forward(inputs, weights, resolved) as { features: Value };
      const pooled = pooledFeatures(features, weights.scope('head')); // [batch, dim]
      const logits = linearLayer(pooled, weights.scope('head'), emotionClasses.length);
      const loss = neg(mean(sum(mul(logSoftmax(logits), targets as Value), [1]), [0]));
      if (!shown || !known) return { loss };
      const missed = sub(linearLayer(pooled, weights.scope('movements'), movements), shown); // [batch, movements]
      const distance = mean(mul(mul(missed, missed), known), [0, 1]);
      return { loss: add(loss, mul(distance, MOVEMENT_WEIGHT)) };
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
