import { Random } from '@nano-emox/engine';
import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';

/** Keys of so many clips. */
export const clipKeys = (count: number): string[] => Array.from({ length: count }, (_, index) => `clip ${index}`);

/** Features that follow from the key, in the shapes of the tiny model; one of them exceeds float16. */
export function clipFeatures(key: string): Record<string, FloatTensor> {
  const random = new Random(Number(key.replace(/\D/g, '')));
  const normal = (scale: number, ...dims: number[]) => {
    const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => scale * random.normal());
    return floatTensor(data, dims);
  };
  return { scene: normal(1, 8, 96), sceneLevels: normal(3, 8, 4, 96), audio: normal(1e6, 8, 32) };
}
