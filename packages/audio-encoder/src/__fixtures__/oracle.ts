import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '@nano-emox/engine/weights';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';

/** Reads an oracle file and gives its tensors below `weights.`, `input.` and so on. */
export async function readOracle(path: string) {
  const { tensors } = await readSafetensors(path);
  const below = (prefix: string) =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(`${prefix}.`))
        .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor as FloatTensor]),
    );
  const one = (name: string): FloatTensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw new RangeError(`${path} has no tensor ${name}`);
    return tensor as FloatTensor;
  };
  return { weights: below('weights'), gradients: below('grad'), one };
}

/** Path of a committed fixture. */
export const fixturePath = (name: string): string => fileURLToPath(new URL(`${name}.safetensors`, import.meta.url));

/** Folder of the shared test data, beside the repository or where NANO_EMOX_DATA says; undefined where it is absent. */
export function sharedDataFolder(): string | undefined {
  const folder = process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
  return existsSync(folder) ? folder : undefined;
}

/** Largest absolute difference; infinite when the shapes differ or a value is not a number. */
export function maxDifference(actual: HostTensor, expected: HostTensor): number {
  if (actual.dims.join() !== expected.dims.join()) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < expected.data.length; index++) {
    const difference = Math.abs(Number(actual.data[index]) - Number(expected.data[index]));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}

/** The rows `start … end − 1` of the first axis. */
export function rows(tensor: FloatTensor, start: number, end: number): FloatTensor {
  const size = tensor.data.length / (tensor.dims[0] as number);
  return { type: 'float32', dims: [end - start, ...tensor.dims.slice(1)], data: tensor.data.slice(start * size, end * size) };
}
