import type { HostTensor } from '@nano-emox/tensor-contract';

const PREFIX = 'facexformer.';

/**
 * Tensors of FaceXFormer's own checkpoint (`state_dict_backbone` of `ckpts/model.pt`: `backbone.…`, `linear_c.…`, `linear_fuse.weight`,
 * and the decoder, which is ignored) under the names of {@link faceFeaturesModule}. The temporal queries are not part of it.
 */
export function fromFaceXFormerNames(weights: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
  return new Map([...weights].map(([name, tensor]) => [`${PREFIX}${name}`, tensor]));
}
