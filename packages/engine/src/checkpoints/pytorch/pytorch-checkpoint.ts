import { elementCount, type HostTensor } from '@nano-emox/tensor-contract';
import { readStoredTensor } from '../../weights/read-stored-tensor';
import type { RegularFile } from '../../weights/regular-file';
import { storedDataTypes } from '../../weights/safetensors-header';
import type { CheckpointParts, ReadableEntry, ReadTensorOptions } from '../checkpoint';
import { transposeTensor } from '../tables/tensor-shapes';
import type { PickledTensor } from './pickle-values';
import { flattenTree } from './pickled-tree';
import { openPytorchArchive, type PickledFile } from './pytorch-archive';
import { openPytorchStream } from './pytorch-stream';
import { gatherElements, inStorageOrder, isContiguous, requireView } from './tensor-view';

/** How a file of torch.save is read. */
export interface PytorchOptions {
  /** Key of the top-level dictionary that holds the state dict, e.g. `model`. Without it, all tensors are named by their path. */
  readonly root?: string | undefined;
  /** Check the CRC-32 of each storage when it is first read. @default true */
  readonly verifyChecksums?: boolean | undefined;
}

/**
 * A file of torch.save as a checkpoint. The pickle is read now, values later.
 * @throws InvalidFileError
 */
export async function pytorchParts(
  file: RegularFile,
  kind: 'pytorch-zip' | 'pytorch-stream',
  { root, verifyChecksums = true }: PytorchOptions,
): Promise<CheckpointParts> {
  const pickled = await (kind === 'pytorch-zip' ? openPytorchArchive(file, verifyChecksums) : openPytorchStream(file));
  const { tensors, metadata } = flattenTree(pickled.value, file.path, root);
  const entries = [...tensors].map(([name, tensor]): [string, ReadableEntry] => {
    requireView(tensor, name, file.path);
    const { dtype } = tensor.storage;
    const read = (options: ReadTensorOptions) => readView(file, pickled, name, tensor, options);
    return [name, { type: storedDataTypes[dtype].hostType, dims: tensor.dims, storage: dtype, read }];
  });
  return { format: 'pytorch', files: [file.path], entries: new Map(entries), metadata, close: () => file.close() };
}

async function readView(
  file: RegularFile,
  pickled: PickledFile,
  name: string,
  tensor: PickledTensor,
  options: ReadTensorOptions,
): Promise<HostTensor> {
  const storageOffset = await pickled.locate(tensor.storage, options.signal);
  const { view, places } = inStorageOrder(tensor);
  const { hostType, sizeBytes: elementBytes } = storedDataTypes[view.storage.dtype];
  const values = {
    dtype: view.storage.dtype,
    shape: view.dims,
    offsetBytes: storageOffset + view.offset * elementBytes,
    sizeBytes: elementCount(view.dims) * elementBytes,
    elementBytes,
  };
  const pieces = isContiguous(view) ? undefined : gatherElements(file, view, storageOffset, options.signal);
  const stored = { name, type: hostType, dims: view.dims, values };
  return transposeTensor(await readStoredTensor(file, stored, options, pieces), places);
}
