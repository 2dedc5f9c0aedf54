import { elementCount, type FloatTensor, floatTensor, InvalidFileError } from '@nano-emox/tensor-contract';

const MAGIC = '\x93NUMPY';
const [MAGIC_BYTES, VERSION_BYTES] = [6, 2];

/** Floats that NumPy writes on the machines of today: little-endian, 4 or 8 bytes. */
const readers = {
  '<f4': { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  '<f8': { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
} as const;

/**
 * Reads an array of floats as `numpy.save` writes it, row-major.
 * @throws InvalidFileError for another format, type or order, or a size that the header does not tell
 * @see NEP 1, a simple file format for NumPy arrays
 */
export function decodeNpy(bytes: Uint8Array, path: string): FloatTensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { header, dataStart } = readHeader(bytes, view, path);
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? '';
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  const isRowMajor = /'fortran_order':\s*False/.test(header);
  if (!Object.hasOwn(readers, type) || shape === undefined || !isRowMajor) {
    throw invalid(path, `holds ${header.trim() || 'no header'}`);
  }
  const { bytes: size, read } = readers[type as keyof typeof readers];
  const dims = [...shape.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const count = elementCount(dims);
  if (bytes.length - dataStart !== count * size) {
    throw invalid(path, `has ${bytes.length - dataStart} bytes of data for the shape [${dims}] of ${type}`);
  }
  const data = new Float32Array(count);
  for (let index = 0; index < count; index++) data[index] = read(view, dataStart + index * size);
  return floatTensor(data, dims);
}

function readHeader(bytes: Uint8Array, view: DataView, path: string): { header: string; dataStart: number } {
  const lengthStart = MAGIC_BYTES + VERSION_BYTES;
  const isNpy =
    bytes.length > lengthStart + 4 && Buffer.from(bytes.subarray(0, MAGIC_BYTES)).toString('latin1') === MAGIC;
  if (!isNpy) throw invalid(path, 'does not begin as an .npy file');
  const isFirstVersion = bytes[MAGIC_BYTES] === 1; // two bytes of length, later four
  const length = isFirstVersion ? view.getUint16(lengthStart, true) : view.getUint32(lengthStart, true);
  const start = lengthStart + (isFirstVersion ? 2 : 4);
  const dataStart = start + length;
  if (dataStart > bytes.length) throw invalid(path, 'ends inside its header');
  return { header: Buffer.from(bytes.subarray(start, dataStart)).toString('latin1'), dataStart };
}

function invalid(path: string, problem: string): InvalidFileError {
  return new InvalidFileError({
    message: `${path} ${problem}`,
    hint: 'Save float32 or float64 in C order: numpy.save(path, numpy.ascontiguousarray(logits)).',
    path,
  });
}
