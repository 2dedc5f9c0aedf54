import { createNameTable } from '@nano-emox/engine/weights';

/** Weights of a released MODA checkpoint that are read, to our names for the variant `code`. */
export const publishedNames = createNameTable([
  { from: 'model.layers.*.self_attn.ratio_v', to: 'duplex_attention.layers.*.ratio_v' },
  { from: 'model.layers.*.self_attn.pfuser_v.weight', to: 'duplex_attention.layers.*.pfuser_v.weight' },
]);

/** Weights that a released checkpoint carries and the released code never reads: the other direction, and a norm. */
export const isUnusedPublishedWeight = (name: string): boolean =>
  /^model\.layers\.\d+\.self_attn\.(ratio_t|pfuser_t\.weight|pnorm\.weight)$/.test(name);
