import { rejectUnknownFields, requireChoice, requirePositive, requireSizes } from '@nano-emox/engine';
import { requireLabels } from '../labels/label-indices';
import { emotionLabelSets } from '../labels/label-sets';

/** How the gate combines the head's output v₁ with the language model's answer v₂; C is the number of classes. */
export const gateTypes = Object.freeze(['concat', 'bilinear', 'mixture', 'dynamic', 'cross'] as const);

/** One of {@link gateTypes}. */
export type GateType = (typeof gateTypes)[number];

/** Configuration of a gate. */
export interface AnswerGateConfig {
  /**
   * - `concat`: a linear layer over [v₁; v₂], the published choice
   * - `bilinear`: v₁ᵀ W v₂ per class, then a linear layer
   * - `mixture`: linear experts over [v₁; v₂], mixed by a softmax gate
   * - `dynamic`: a linear layer over v₁ and v₂, weighed by two numbers that sum to 1
   * - `cross`: each of the two scales the other by a sigmoid, then a linear layer over the sum
   * @default 'concat'
   */
  readonly type: GateType;
  /** Classes in the order of both inputs. @default the eight of FI and EmoSet */
  readonly labels: readonly string[];
  /**
   * How the gate reads the head: raw logits as in the released code, or their softmax as in the paper's figure.
   * @default 'logits'
   */
  readonly headForm: 'logits' | 'softmax';
  /** Experts of `mixture`. @default 3 */
  readonly experts: number;
  /** Logits of the result are divided by it before the softmax of the probabilities. @default 1 */
  readonly temperature: number;
}

const where = 'AnswerGate';
const defaults: AnswerGateConfig = {
  type: 'concat',
  labels: emotionLabelSets.fi,
  headForm: 'logits',
  experts: 3,
  temperature: 1,
};

/** Fills defaults and validates. @throws InvalidConfigError */
export function resolveGateConfig(config: Partial<AnswerGateConfig>): AnswerGateConfig {
  rejectUnknownFields(where, config, defaults);
  const resolved = { ...defaults, ...config };
  requireChoice(where, resolved, 'type', gateTypes);
  requireChoice(where, resolved, 'headForm', ['logits', 'softmax']);
  requireSizes(where, resolved, ['experts']);
  requirePositive(where, resolved, 'temperature');
  requireLabels(where, resolved.labels);
  return resolved;
}
