// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invertTable, openCheckpoint, renameCheckpoint, type TensorTable } from '@nano-emox/engine/checkpoints';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import type { HostTensor } from '@nano-emox/tensor-contract';

// A file of torch.save; nothing in it is executed. `root` names the dictionary that holds the tensors.
const checkpoint = await openCheckpoint(join(import.meta.dirname, 'vision.pt'), { root: 'state_dict' });
console.log(checkpoint.format, checkpoint.names.length, 'tensors, epoch', checkpoint.metadata.epoch);

// From its names to those of the scene encoder: `*` is one segment, and the first rule that fits counts.
const block = 'visual.transformer.resblocks.*';
const layer = 'vision_model.encoder.layers.*';
const projections = (kind: string) => ['q', 'k', 'v'].map((name) => `${layer}.self_attn.${name}_proj.${kind}`);
const table: TensorTable = [
  { from: 'visual.class_embedding', to: 'vision_model.embeddings.class_embedding' },
  { from: 'visual.positional_embedding', to: 'vision_model.embeddings.position_embedding.weight' },
  { from: 'visual.conv1.weight', to: 'vision_model.embeddings.patch_embedding.weight' },
  { from: 'visual.ln_pre.*', to: 'vision_model.pre_layrnorm.*' },
  { from: `${block}.attn.in_proj_weight`, to: projections('weight'), axis: 0 }, // one matrix becomes three
  { from: `${block}.attn.in_proj_bias`, to: projections('bias'), axis: 0 },
  { from: `${block}.attn.out_proj.*`, to: `${layer}.self_attn.out_proj.*` },
  { from: `${block}.ln_1.*`, to: `${layer}.layer_norm1.*` },
  { from: `${block}.ln_2.*`, to: `${layer}.layer_norm2.*` },
  { from: `${block}.mlp.c_fc.*`, to: `${layer}.mlp.fc1.*` },
  { from: `${block}.mlp.c_proj.*`, to: `${layer}.mlp.fc2.*` },
  { drop: 'visual.ln_post.*' }, // behind what the scene encoder reads
  { drop: 'visual.proj' },
];
const renamed = renameCheckpoint(checkpoint, table);
const weights = new Map<string, HostTensor>();
for await (const [name, tensor] of renamed.tensors()) weights.set(name, tensor);
await renamed.dispose();

// The sizes of that checkpoint; a tensor that is missing, left over or of another shape is named in one error.
const sizes = { imageSize: 32, patchSize: 8, hidden: 16, layers: 2, heads: 4, mlp: 64, levels: [1], featureLevel: 2 };
await SceneEncoder.fromWeights({ ...sizes, hidden: 32 }, weights).catch((error) => console.log(error.code));
const encoder = await SceneEncoder.fromWeights(sizes, weights);

// Proof: one frame gives what PyTorch computed from the same file.
const data = new Uint8Array(3 * 32 * 32).map((_, index) => index % 256);
const { features } = await encoder.encode({ type: 'uint8', dims: [1, 1, 3, 32, 32], data });
const expected: number[] = JSON.parse(readFileSync(join(import.meta.dirname, 'features.json'), 'utf8')).features;
const difference = Math.max(...expected.map((value, index) => Math.abs(value - (features.data[index] ?? Number.NaN))));
console.log(features.dims, 'equal to PyTorch:', difference < 1e-4);

// The table is data, and also the way back.
console.log(invertTable(table)[0]);
await encoder.dispose();
