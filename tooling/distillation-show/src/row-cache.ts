import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@nano-emox/engine/weights';
import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';
import type { Face } from './faces';

const PIECE_ROWS = 64;

/**
 * Rows of numbers for pictures: computed in pieces, each kept in a file of its own, so that a killed run goes on where
 * it was.
 */
export async function cachedRows(
  folder: string,
  faces: readonly Face[],
  compute: (faces: readonly Face[]) => Promise<FloatTensor>,
  onPiece: (done: number) => void,
): Promise<FloatTensor> {
  const pieces: FloatTensor[] = [];
  for (let start = 0; start < faces.length; start += PIECE_ROWS) {
    const part = faces.slice(start, start + PIECE_ROWS);
    const path = join(folder, `${start}.safetensors`);
    if (!existsSync(path)) {
      const first = { first: part[0]?.id ?? '', count: String(part.length) };
      await writeSafetensors(path, new Map([['rows', await compute(part)]]), first);
    }
    const { tensors, metadata } = await readSafetensors(path);
    if (metadata.first !== part[0]?.id || metadata.count !== String(part.length)) {
      throw new Error(`${path} was made with other options; choose another --folder`);
    }
    pieces.push(tensors.get('rows') as FloatTensor);
    onPiece(start + part.length);
  }
  const width = pieces[0]?.dims[1] ?? 0;
  const data = new Float32Array(faces.length * width);
  for (const [index, piece] of pieces.entries()) data.set(piece.data, index * PIECE_ROWS * width);
  return floatTensor(data, [faces.length, width]);
}
