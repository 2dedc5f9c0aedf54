import type { HostTensor } from '@nano-emox/tensor-contract';
import type { Weights } from '../../weights/weights';
import { type Checkpoint, createCheckpoint, type ReadableEntry } from '../checkpoint';
import { planTable } from './plan-table';
import type { TensorTable } from './tensor-table';

/**
 * Tensors in memory after a table. Those that are only renamed are shared, not copied.
 * @throws InvalidArgumentError, WeightsMismatchError, ShapeMismatchError as `planTable`
 * @example applyNameTable([{ from: 'blk.*.attn_q.weight', to: 'layers.*.q_proj.weight' }], weights)
 */
export function applyNameTable(table: TensorTable, weights: Weights): Map<string, HostTensor> {
  const entries = new Map([...weights].map(([name, { type, dims }]) => [name, { type, dims, storage: type }]));
  const planned = planTable(table, entries);
  return new Map(
    [...planned].map(([name, { sources, build }]) => [
      name,
      build(sources.map((source) => weights.get(source) as HostTensor)),
    ]),
  );
}

/**
 * A checkpoint after a table: the same interface, values still read when they are asked for. A tensor that is split is read
 * once for each part. The given checkpoint belongs to the result, whose `dispose` closes it.
 * @throws InvalidArgumentError, WeightsMismatchError, ShapeMismatchError as `planTable`
 */
export function renameCheckpoint(checkpoint: Checkpoint, table: TensorTable): Checkpoint {
  const entries = [...planTable(table, checkpoint.entries)].map(([name, planned]): [string, ReadableEntry] => {
    const { type, dims, storage, sources, build } = planned;
    const read: ReadableEntry['read'] = async (options) => {
      const tensors: HostTensor[] = [];
      for (const source of sources) tensors.push(await checkpoint.tensor(source, options));
      return build(tensors);
    };
    return [name, { type, dims, storage, read }];
  });
  const { format, files, metadata } = checkpoint;
  return createCheckpoint({ format, files, metadata, entries: new Map(entries), close: () => checkpoint.dispose() });
}
