// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { fileURLToPath } from 'node:url';
import { openCheckpoint, renameCheckpoint, type TensorTable } from '@nano-emox/engine/checkpoints';

// A training checkpoint of torch.save: the state dict lies under `model`, beside the optimiser's and the configuration.
const file = fileURLToPath(new URL('../src/checkpoints/__fixtures__/training.pt', import.meta.url));
const checkpoint = await openCheckpoint(file, { root: 'model' });
console.log(checkpoint.format, checkpoint.names.length, 'tensors, epoch', checkpoint.metadata.epoch);

// Names and layouts of another source, as data; nothing is read until it is asked for.
const table: TensorTable = [
  { from: 'nested.name.*', to: 'layers.0.*' },
  { from: 'whole', to: ['query', 'key'], axis: 0 },
  { from: 'sliced', to: 'kernel', change: { kind: 'transpose', axes: [1, 0] } },
];
const renamed = renameCheckpoint(checkpoint, table);
for await (const [name, { type, dims }] of renamed.tensors(['query', 'kernel', 'layers.0.weight', 'bf16'])) {
  console.log(name, type, dims);
}
await renamed.dispose();
