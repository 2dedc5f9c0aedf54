import { rejectUnknownFields, requirePositive, requireSizes } from '@nano-emox/engine';
import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { requireLabels } from '../labels/label-indices';
import { emotionLabelSets } from '../labels/label-sets';

/** Configuration of a distillation head. */
export interface DistillationHeadConfig {
  /** Width of the encoder's tokens. @default 3584, the merged tokens of Qwen2-VL's visual encoder */
  readonly featureDim: number;
  /** Classes in the order of the logits. @default the eight of FI and EmoSet */
  readonly labels: readonly string[];
  /** Hidden layers: the first `depth` of `widths`. @default 1, the published best */
  readonly depth: number;
  /** @default [1024, 512, 256, 128, 64] */
  readonly widths: readonly number[];
  /** Logits are divided by it before the softmax of the probabilities; `fitTemperature` finds it. @default 1 */
  readonly temperature: number;
}

const where = 'DistillationHead';
const defaults: DistillationHeadConfig = {
  featureDim: 3584,
  labels: emotionLabelSets.fi,
  depth: 1,
  widths: Object.freeze([1024, 512, 256, 128, 64]),
  temperature: 1,
};

/** Fills defaults and validates. @throws InvalidConfigError */
export function resolveHeadConfig(config: Partial<DistillationHeadConfig>): DistillationHeadConfig {
  rejectUnknownFields(where, config, defaults);
  const resolved = { ...defaults, ...config };
  requireSizes(where, resolved, ['featureDim', 'depth']);
  requirePositive(where, resolved, 'temperature');
  requireLabels(where, resolved.labels);
  requireWidths(resolved);
  return resolved;
}

function requireWidths({ widths, depth }: DistillationHeadConfig): void {
  const isWidth = (width: unknown) => Number.isInteger(width) && (width as number) > 0;
  if (Array.isArray(widths) && widths.every(isWidth) && widths.length >= depth) return;
  throw new InvalidConfigError({
    message: `${where}: config.widths is ${JSON.stringify(widths)} and config.depth ${depth}`,
    hint: 'Give a whole number above 0 for each hidden layer, at least depth of them.',
    field: 'widths',
  });
}
