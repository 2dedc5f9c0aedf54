import type { HostTensor } from '@nano-emox/tensor-contract';
import { readStoredTensor } from '../../weights/read-stored-tensor';
import type { RegularFile } from '../../weights/regular-file';
import { storedDataTypes } from '../../weights/safetensors-header';
import { allocateStored, requireFinite } from '../../weights/stored-tensor';
import type { CheckpointParts, ReadableEntry, ReadTensorOptions } from '../checkpoint';
import { fileProblem, quoteName } from '../file-problem';
import { type GgufTensor, readGgufHeader, tensorBytes } from './gguf-header';
import { ggufTensorTypes } from './tensor-types';

/** A GGUF file as a checkpoint, under its own names. @throws InvalidFileError */
export async function ggufParts(file: RegularFile): Promise<CheckpointParts> {
  const header = await readGgufHeader(file);
  const entries = header.tensors.map((tensor): [string, ReadableEntry] => {
    const { type, dims } = tensor;
    const hostType = type?.plain === undefined ? 'float32' : storedDataTypes[type.plain].hostType;
    const storage = type?.name ?? `type ${tensor.typeCode}`;
    return [tensor.name, { type: hostType, dims, storage, read: (options) => readTensor(file, tensor, options) }];
  });
  const metadata = { 'gguf.version': header.version, ...Object.fromEntries(header.metadata) };
  return { format: 'gguf', files: [file.path], entries: new Map(entries), metadata, close: () => file.close() };
}

async function readTensor(file: RegularFile, tensor: GgufTensor, options: ReadTensorOptions): Promise<HostTensor> {
  const { name, dims, type, offsetBytes } = tensor;
  if (type === undefined) {
    const known = [...ggufTensorTypes.values()].map((known) => known.name).join(', ');
    throw fileProblem(
      file.path,
      `tensor ${quoteName(name)} has type ${tensor.typeCode}, which is not read`,
      `Convert it to one of ${known}.`,
    );
  }
  const sizeBytes = tensorBytes(tensor);
  const dtype = type.plain ?? 'F32';
  const stored = {
    name,
    type: storedDataTypes[dtype].hostType,
    dims,
    values: { dtype, shape: dims, offsetBytes, sizeBytes, elementBytes: type.blockBytes },
  };
  if (type.dequantise === undefined) return readStoredTensor(file, stored, options);
  const result = allocateStored(stored, file.path) as HostTensor<'float32'>;
  let element = 0;
  for await (const piece of wholeBlocks(file.pieces(offsetBytes, sizeBytes, options.signal), type.blockBytes)) {
    type.dequantise(piece, result.data, element);
    element += (piece.length / type.blockBytes) * type.blockElements;
  }
  if (options.requireFinite ?? true) requireFinite(name, result, file.path);
  return result;
}

/** The same bytes in pieces that end with a block: what is left of one is put in front of the next. */
async function* wholeBlocks(pieces: AsyncIterable<Uint8Array>, blockBytes: number): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array(0);
  for await (const piece of pieces) {
    const joined = new Uint8Array(rest.length + piece.length);
    joined.set(rest);
    joined.set(piece, rest.length);
    const end = joined.length - (joined.length % blockBytes);
    yield joined.subarray(0, end);
    rest = joined.slice(end);
  }
}
