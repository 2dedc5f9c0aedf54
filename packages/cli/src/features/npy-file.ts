import type { FloatTensor } from '@nano-emox/tensor-contract';

/** NumPy wants the values to begin at a multiple of this. */
const ALIGNMENT_BYTES = 64;
const MAGIC = [0x93, ...Buffer.from('NUMPY'), 1, 0];

/**
 * A tensor as a `.npy` file, version 1.0: float32, little-endian, C order.
 * @see numpy.lib.format
 */
export function npyFile({ dims, data }: FloatTensor): Uint8Array {
  const shape = `(${dims.join(', ')}${dims.length === 1 ? ',' : ''})`;
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  const begin = MAGIC.length + 2;
  const sizeBytes = Math.ceil((begin + description.length + 1) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const file = Buffer.alloc(sizeBytes + data.length * 4);
  file.set(MAGIC);
  file.writeUInt16LE(sizeBytes - begin, MAGIC.length);
  file.write(`${description.padEnd(sizeBytes - begin - 1)}\n`, begin, 'latin1');
  data.forEach((value, index) => void file.writeFloatLE(value, sizeBytes + index * 4));
  return file;
}
