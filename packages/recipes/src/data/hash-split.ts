import { createHash } from 'node:crypto';

/**
 * A number in [0, 1) that depends on `content` and `seed` alone. Splitting by it keeps equal content on one side and does
 * not move an item when others come or go.
 */
export function contentFraction(content: string | Uint8Array, seed: number): number {
  return createHash('sha256').update(`${seed}:`).update(content).digest().readUInt32BE(0) / 2 ** 32;
}
