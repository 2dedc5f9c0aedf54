import { createNameTable } from '@nano-emox/engine/weights';
import type { HostTensor } from '@nano-emox/tensor-contract';

const convolution = 'encoder.pos_conv_embed.conv';

/**
 * Names of newer checkpoints, written since PyTorch keeps weight norm as a parametrisation, to the published ones. The numbers
 * are the same.
 */
export const hubertNameTable = createNameTable([
  { from: `${convolution}.parametrizations.weight.original0`, to: `${convolution}.weight_g` },
  { from: `${convolution}.parametrizations.weight.original1`, to: `${convolution}.weight_v` },
]);

/** `weights` under the published names, whichever of the two styles they come in. Tensors are shared, not copied. */
export function publishedNames(weights: ReadonlyMap<string, HostTensor>): ReadonlyMap<string, HostTensor> {
  const isNewer = [...weights.keys()].some((name) => name.startsWith(`${convolution}.parametrizations.`));
  return isNewer ? hubertNameTable.rename(weights) : weights;
}
