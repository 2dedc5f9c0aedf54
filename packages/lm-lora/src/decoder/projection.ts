import {
  add,
  fanIn,
  type Initializer,
  linear,
  linearLayer,
  mul,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import type { DecoderConfig } from '../config/decoder-config';
import type { LoraTarget } from '../config/lora-config';

/**
 * One of the seven projections, `x` `[…, in]` to `[…, outDim]`, with its low-rank branch where the configuration asks for it.
 * The base weight keeps its name, so merged and unmerged checkpoints differ only by the added `lora_A` and `lora_B`. Fresh,
 * the branch is zero: A as peft draws it (`kaiming_uniform_(a=√5)`, that is U(±1/√in)), B zeros.
 */
export function projection(
  x: Value,
  weights: WeightScope,
  target: LoraTarget,
  outDim: number,
  config: DecoderConfig,
  options: { bias: boolean; initializer: Initializer },
): Value {
  const scope = weights.scope(target);
  const base = linearLayer(x, scope, outDim, { ...options, biasInitializer: zeros });
  const { lora } = config;
  if (!lora?.targets.includes(target)) return base;
  const inDim = x.shape[x.shape.length - 1] as number;
  const down = linear(x, scope.get('lora_A.default.weight', [lora.rank, inDim], fanIn(inDim))); // […, rank]
  // The factor goes where the branch is narrow: `rank` columns instead of `outDim`, here and in the gradients.
  const scaled = mul(down, lora.alpha / lora.rank);
  return add(base, linear(scaled, scope.get('lora_B.default.weight', [outDim, lora.rank], zeros))); // […, outDim]
}
