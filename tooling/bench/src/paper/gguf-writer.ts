import { type FileHandle, open } from 'node:fs/promises';

/** A field of the header. Text, lists of text, whole numbers, real numbers and yes or no; that is all a decoder needs. */
export type GgufField =
  | string
  | readonly string[]
  | boolean
  | { readonly uint32: number }
  | { readonly float32: number };

/** A tensor that is filled as the file is written. */
export interface GgufTensor {
  readonly name: string;
  /** Rows last, as the format has it: `[columns, rows]`. */
  readonly dims: readonly number[];
  readonly type: keyof typeof tensorTypes;
  /** Bytes that are repeated until the tensor is full; a whole number of blocks. */
  readonly pattern: Uint8Array;
}

const tensorTypes = {
  F32: { id: 0, blockElements: 1, blockBytes: 4 },
  Q4_0: { id: 2, blockElements: 32, blockBytes: 18 },
} as const;

const VERSION = 3;
const ALIGNMENT_BYTES = 32;
const valueTypes = { uint32: 4, float32: 6, boolean: 7, string: 8, array: 9 } as const;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;

function sizeOf({ dims, type }: GgufTensor): number {
  const { blockElements, blockBytes } = tensorTypes[type];
  return (dims.reduce((product, dim) => product * dim, 1) / blockElements) * blockBytes;
}

/** Writes a GGUF file, version 3 (llama.cpp, `docs/gguf.md` of ggml), little endian. */
export async function writeGguf(
  path: string,
  fields: Readonly<Record<string, GgufField>>,
  tensors: readonly GgufTensor[],
): Promise<void> {
  const file = await open(path, 'w');
  try {
    const header = headerOf(fields, tensors);
    await file.write(header);
    await file.write(new Uint8Array(aligned(header.byteLength) - header.byteLength));
    for (const tensor of tensors) await fill(file, tensor);
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, tensor: GgufTensor): Promise<void> {
  const size = sizeOf(tensor);
  for (let written = 0; written < size; written += tensor.pattern.byteLength)
    await file.write(tensor.pattern, 0, Math.min(tensor.pattern.byteLength, size - written));
  await file.write(new Uint8Array(aligned(size) - size));
}

function headerOf(fields: Readonly<Record<string, GgufField>>, tensors: readonly GgufTensor[]): Buffer {
  const entries = Object.entries(fields);
  let offsetBytes = 0;
  const placed = tensors.map((tensor) => {
    const place = tensorInfo(tensor, offsetBytes);
    offsetBytes += aligned(sizeOf(tensor));
    return place;
  });
  const head = [Buffer.from('GGUF'), uint32(VERSION), uint64(tensors.length), uint64(entries.length)];
  return Buffer.concat([...head, ...entries.flatMap(([name, field]) => [text(name), ...encoded(field)]), ...placed]);
}

const tensorInfo = ({ name, dims, type }: GgufTensor, offsetBytes: number): Buffer =>
  Buffer.concat([
    ...[text(name), uint32(dims.length), ...dims.map(uint64)],
    ...[uint32(tensorTypes[type].id), uint64(offsetBytes)],
  ]);

function encoded(field: GgufField): Buffer[] {
  if (typeof field === 'string') return [uint32(valueTypes.string), text(field)];
  if (typeof field === 'boolean') return [uint32(valueTypes.boolean), Buffer.of(field ? 1 : 0)];
  if ('uint32' in field) return [uint32(valueTypes.uint32), uint32(field.uint32)];
  if ('float32' in field) return [uint32(valueTypes.float32), float32(field.float32)];
  return [uint32(valueTypes.array), uint32(valueTypes.string), uint64(field.length), ...field.map(text)];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.byteLength), bytes]);
}
