import { readStoredTensor } from '../weights/read-stored-tensor';
import type { RegularFile } from '../weights/regular-file';
import { readHeader } from '../weights/safetensors-file';
import { publicMetadata, selectStoredTensors } from '../weights/stored-tensor';
import type { CheckpointParts, ReadableEntry } from './checkpoint';

/** A safetensors file as a checkpoint. @throws InvalidFileError */
export async function safetensorsParts(file: RegularFile): Promise<CheckpointParts> {
  const header = await readHeader(file);
  const entries = selectStoredTensors(header, file.path, {}).map((stored): [string, ReadableEntry] => [
    stored.name,
    {
      type: stored.type,
      dims: stored.dims,
      storage: stored.values.dtype,
      read: (options) => readStoredTensor(file, stored, options),
    },
  ]);
  return {
    format: 'safetensors',
    files: [file.path],
    entries: new Map(entries),
    metadata: publicMetadata(header),
    close: () => file.close(),
  };
}
