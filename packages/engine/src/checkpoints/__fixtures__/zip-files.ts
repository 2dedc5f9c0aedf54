import { crc32 } from 'node:zlib';

/** An entry of a ZIP file to be made; fields beside name and data are lies. */
export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc32?: number;
  readonly sizeBytes?: number;
  readonly headerOffset?: number;
  readonly localName?: string;
  /** Sizes and offset stand in the ZIP64 extra field of the directory; cut after so many of its bytes. */
  readonly zip64Bytes?: number;
}

const encoder = new TextEncoder();

/** A ZIP file without ZIP64, as hostile as its parts. */
export function zipFile(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const local = Buffer.concat([header(0x0403_4b50, 30, part, part.localName ?? part.name), part.data]);
    const central = header(0x0201_4b50, 46, part, part.name);
    central.writeUInt32LE(part.headerOffset ?? offset, 42);
    locals.push(local);
    centrals.push(part.zip64Bytes === undefined ? central : withZip64(central, part.zip64Bytes));
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** Moves both sizes and the offset into an extra field, as files beyond 4 GB have them. */
function withZip64(central: Buffer, extraBytes: number): Buffer {
  const extra = Buffer.alloc(4 + 24);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(extraBytes, 2);
  for (const [index, field] of [24, 20, 42].entries()) {
    extra.writeBigUInt64LE(BigInt(central.readUInt32LE(field)), 4 + 8 * index);
    central.writeUInt32LE(0xffff_ffff, field);
  }
  central.writeUInt16LE(4 + extraBytes, 30);
  return Buffer.concat([central, extra.subarray(0, 4 + extraBytes)]);
}

/** The two kinds of headers share their middle; that of the directory begins one field earlier. */
function header(signature: number, length: number, part: ZipPart, entryName: string): Buffer {
  const name = encoder.encode(entryName);
  const bytes = Buffer.alloc(length);
  const shift = length === 46 ? 2 : 0;
  const sizeBytes = part.sizeBytes ?? part.data.length;
  bytes.writeUInt32LE(signature, 0);
  bytes.writeUInt16LE(part.flags ?? 0, 6 + shift);
  bytes.writeUInt16LE(part.method ?? 0, 8 + shift);
  bytes.writeUInt32LE(part.crc32 ?? crc32(part.data), 14 + shift);
  bytes.writeUInt32LE(sizeBytes, 18 + shift);
  bytes.writeUInt32LE(sizeBytes, 22 + shift);
  bytes.writeUInt16LE(name.length, 26 + shift);
  return Buffer.concat([bytes, name]);
}

const text = (value: string): string => `X${uint32(value.length)}${value}`;
const uint32 = (value: number): string => String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
const integer = (value: number): string => `J${uint32(value)}`;
const tuple = (values: readonly number[]): string => `(${values.map(integer).join('')}t`;

/** Pieces of pickles, as text of one byte a character. */
export const pickle = {
  text,
  integer,
  tuple,
  /** A view of storage `key` with `elements` floats. */
  tensor: ({ key = '0', elements = 4, offset = 0, dims = [4], strides = [1], type = 'FloatStorage' } = {}): string =>
    'ctorch._utils\n_rebuild_tensor_v2\n' +
    `((${text('storage')}ctorch\n${type}\n${text(key)}${text('cpu')}${integer(elements)}tQ` +
    `${integer(offset)}${tuple(dims)}${tuple(strides)}\x89ccollections\nOrderedDict\n)RtR`,
  /** A whole pickle whose value is made by `body`. */
  of: (body: string): Buffer => Buffer.from(`\x80\x02${body}.`, 'latin1'),
  /** A dictionary with one item. */
  dictionary: (key: string, value: string): string => `}${text(key)}${value}s`,
};

/** A checkpoint of torch.save around a pickle, with one storage of four floats. */
export const torchZip = (body: string, others: readonly ZipPart[] = []): Buffer =>
  zipFile([
    { name: 'archive/data.pkl', data: pickle.of(body) },
    { name: 'archive/data/0', data: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer) },
    ...others,
  ]);
