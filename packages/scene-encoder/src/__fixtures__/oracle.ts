import { fileURLToPath } from 'node:url';
import { readSafetensors, scopeWeights } from '@nano-emox/engine/weights';
import type { HostTensor } from '@nano-emox/tensor-contract';

/** Weights, inputs and outputs of a reference run, as `tooling/oracles` writes them. */
export interface Oracle {
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly inputs: ReadonlyMap<string, HostTensor>;
  readonly outputs: ReadonlyMap<string, HostTensor>;
}

export async function readOracle(path: string): Promise<Oracle> {
  const { tensors } = await readSafetensors(path);
  const [weights, inputs, outputs] = ['weights', 'input', 'output'].map((prefix) => scopeWeights(tensors, prefix));
  return { weights, inputs, outputs } as Oracle;
}

export const fixturePath = (name: string): string =>
  fileURLToPath(new URL(`${name}.safetensors`, import.meta.url));

/** Largest absolute difference; NaN and other sizes count as infinite. */
export function maxDifference(actual: HostTensor, expected: HostTensor): number {
  if (actual.dims.join() !== expected.dims.join()) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < expected.data.length; index++) {
    const difference = Math.abs(Number(actual.data[index]) - Number(expected.data[index]));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
