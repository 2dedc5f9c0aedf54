import {
  add,
  crossEntropy,
  defineModule,
  div,
  exp,
  logSoftmax,
  mean,
  mul,
  type Specs,
  sub,
  sum,
  type Value,
  type Values,
} from '@nano-emox/engine';
import { f32, i64, type TensorSpec } from '@nano-emox/tensor-contract';
import type { DistillationHeadConfig } from './head-config';
import { headLogits } from './head-module';

/** How much a student listens to its teacher. */
export interface DistillationWeights {
  /** Share of the teacher in [0, 1]; 0 learns from labels only, 1 from the teacher only. @default 0.5 */
  readonly alpha: number;
  /** Softens both distributions of the teacher's part; above 0. @default 2 */
  readonly temperature: number;
}

/** Published weights of the loss (EmoVLM-KD, ablation of α; T in the released training). */
export const publishedWeights: DistillationWeights = Object.freeze({ alpha: 0.5, temperature: 2 });

/**
 * T²·KL(softmax(teacher / T) ‖ softmax(student / T)), mean over rows; logits `[batch, classes]` both. T² keeps the
 * size of the gradient independent of T.
 * @see Hinton et al., Distilling the Knowledge in a Neural Network (2015)
 */
export function softTargetLoss(student: Value, teacher: Value, temperature: number): Value {
  const target = logSoftmax(div(teacher, temperature), -1); // [batch, classes]
  const answer = logSoftmax(div(student, temperature), -1);
  const divergence = sum(mul(exp(target), sub(target, answer)), [1]); // [batch]
  return mul(mean(divergence, [0]), temperature ** 2);
}

/** α·T²·KL + (1 − α)·cross-entropy; `labels` int64 `[batch]`. */
export function distillationLoss(
  student: Value,
  teacher: Value,
  labels: Value,
  { alpha, temperature }: DistillationWeights,
): Value {
  return add(mul(softTargetLoss(student, teacher, temperature), alpha), mul(crossEntropy(student, labels), 1 - alpha));
}

/** What is traced to train a head. */
export interface HeadTrainingConfig extends DistillationHeadConfig {
  readonly loss: DistillationWeights;
  /** Whether hidden layers are multiplied by inputs `keep0`, `keep1` …, float32 `[batch, widths[i]]`. */
  readonly masked: boolean;
}

/** Inputs of the training network; those that `config` does not use are absent. */
export type HeadTrainingInputs = 'features' | 'teacherLogits' | 'labels' | `keep${number}`;

/** A head with its loss: `features`, `labels`, `teacherLogits` unless α is 0, and masks for dropout, to `loss`. */
export const headTrainingModule = defineModule<HeadTrainingConfig, HeadTrainingInputs, 'loss'>({
  name: 'DistillationHead training',
  inputs: ({ labels, loss, masked, depth, widths }) => {
    const specs: Record<string, TensorSpec> = { features: f32('batch', 'tokens', 'featureDim'), labels: i64('batch') };
    if (loss.alpha > 0) specs.teacherLogits = f32('batch', labels.length);
    if (masked)
      for (const [layer, width] of widths.slice(0, depth).entries()) specs[`keep${layer}`] = f32('batch', width);
    return specs as Specs<HeadTrainingInputs>;
  },
  outputs: () => ({ loss: f32() }),
  forward(inputs: Partial<Values<HeadTrainingInputs>>, weights, config) {
    const { features, teacherLogits, labels } = inputs as Values<HeadTrainingInputs>;
    const drop = (hidden: Value, layer: number) => mul(hidden, inputs[`keep${layer}`] as Value);
    const logits = headLogits(features, weights, config, config.masked ? drop : undefined);
    if (config.loss.alpha === 0) return { loss: crossEntropy(logits, labels) };
    return { loss: distillationLoss(logits, teacherLogits, labels, config.loss) };
  },
});
