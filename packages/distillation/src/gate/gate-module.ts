import {
  add,
  concat,
  crossEntropy,
  type Dim,
  defineModule,
  div,
  fanIn,
  linear,
  linearLayer,
  mul,
  reshape,
  sigmoid,
  slice,
  softmax,
  unsqueeze,
  type Value,
  type WeightScope,
} from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { f32, i64 } from '@nano-emox/tensor-contract';
import { type AnswerGateConfig, type GateType, resolveGateConfig } from './gate-config';

type GateNetwork = (head: Value, answer: Value, weights: WeightScope, config: AnswerGateConfig) => Value;

/**
 * Logits `[batch, classes]` of `head` and `answer`, `[batch, classes]` both. @see EmoVLM-KD, gate module and its
 * ablation
 */
const networks: Readonly<Record<GateType, GateNetwork>> = {
  concat: (head, answer, weights, { labels }) =>
    linearLayer(concat([head, answer], -1), weights.scope('fc'), labels.length),

  bilinear(head, answer, weights, { labels: { length: classes } }) {
    const [batch] = head.shape as [Dim];
    const pairs = reshape(mul(unsqueeze(head, 2), unsqueeze(answer, 1)), [batch, classes * classes]); // v₁ᵢ·v₂ⱼ
    const scope = weights.scope('bilinear'); // names and shapes of torch.nn.Bilinear
    const kernel = scope.get('weight', [classes, classes, classes], fanIn(classes));
    const products = linear(
      pairs,
      reshape(kernel, [classes, classes * classes]),
      scope.get('bias', [classes], fanIn(classes)),
    );
    return linearLayer(products, weights.scope('fc'), classes);
  },

  mixture(head, answer, weights, { labels, experts }) {
    const both = concat([head, answer], -1); // [batch, 2 · classes]
    const shares = softmax(linearLayer(both, weights.scope('gate'), experts), -1); // [batch, experts]
    const opinions = Array.from({ length: experts }, (_, index) =>
      mul(column(shares, index), linearLayer(both, weights.scope('experts', index), labels.length)),
    );
    return opinions.reduce((total, opinion) => add(total, opinion));
  },

  dynamic(head, answer, weights, { labels }) {
    const shares = softmax(linearLayer(concat([head, answer], -1), weights.scope('gate'), 2), -1); // [batch, 2]
    const mixed = add(mul(column(shares, 0), head), mul(column(shares, 1), answer));
    return linearLayer(mixed, weights.scope('fc'), labels.length);
  },

  cross(head, answer, weights, { labels: { length: classes } }) {
    const opened = (gating: Value, gated: Value, name: string) =>
      mul(sigmoid(linearLayer(gating, weights.scope(name), classes)), gated);
    const mixed = add(opened(answer, head, 'gate1'), opened(head, answer, 'gate2'));
    return linearLayer(mixed, weights.scope('fc'), classes);
  },
};

/** Column `index` of `[batch, columns]`: `[batch, 1]`. */
const column = (x: Value, index: number): Value => slice(x, 1, index, index + 1);

function gateLogits(headLogits: Value, answer: Value, weights: WeightScope, config: AnswerGateConfig): Value {
  const head = config.headForm === 'softmax' ? softmax(headLogits, -1) : headLogits;
  return networks[config.type](head, answer, weights, config);
}

/**
 * `headLogits` and `answer`, float32 `[batch, classes]`, to `logits` and `probabilities` `[batch, classes]`. `answer`
 * is one-hot, zeros where the language model gave no class, or its probabilities.
 */
export const answerGateModule = defineModule<AnswerGateConfig, 'headLogits' | 'answer', 'logits' | 'probabilities'>({
  name: 'AnswerGate',
  inputs: ({ labels }) => ({ headLogits: f32('batch', labels.length), answer: f32('batch', labels.length) }),
  outputs: ({ labels }) => ({ logits: f32('batch', labels.length), probabilities: f32('batch', labels.length) }),
  forward({ headLogits, answer }, weights, config) {
    const logits = gateLogits(headLogits, answer, weights, config);
    return { logits, probabilities: softmax(div(logits, config.temperature), -1) };
  },
});

/** A gate with its loss, the cross-entropy with `labels` int64 `[batch]`. */
export const gateTrainingModule = defineModule<AnswerGateConfig, 'headLogits' | 'answer' | 'labels', 'loss'>({
  name: 'AnswerGate training',
  inputs: (config) => ({ ...answerGateModule.inputs(config), labels: i64('batch') }),
  outputs: () => ({ loss: f32() }),
  forward: ({ headLogits, answer, labels }, weights, config) => ({
    loss: crossEntropy(gateLogits(headLogits, answer, weights, config), labels),
  }),
});

/** What a gate is made of, for loaders and trainers. */
export const answerGateDefinition: ComponentDefinition<
  AnswerGateConfig,
  'headLogits' | 'answer',
  'logits' | 'probabilities'
> = { type: 'answer-gate', module: answerGateModule, resolveConfig: resolveGateConfig };
