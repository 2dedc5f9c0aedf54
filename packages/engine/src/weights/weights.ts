import { type FloatTensor, type HostTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';

/** Tensors by name. */
export type Weights<T extends HostTensor = HostTensor> = ReadonlyMap<string, T>;

/** Float32 tensors by name, the form in which modules take their weights. */
export type FloatWeights = Weights<FloatTensor>;

/**
 * The tensors whose names start with `prefix` and a dot, without them. Tensors are shared, not copied.
 * @param prefix - whole segments, e.g. `encoder.layer.0`; the empty prefix gives all
 * @example scopeWeights(weights, 'attention') // 'attention.query.weight' -> 'query.weight'
 */
export function scopeWeights<T extends HostTensor>(weights: Weights<T>, prefix: string): Map<string, T> {
  const start = dotted(prefix);
  return new Map(
    [...weights].filter(([name]) => name.startsWith(start)).map(([name, tensor]) => [name.slice(start.length), tensor]),
  );
}

/** All tensors with `prefix` and a dot in front of their names: undoes {@link scopeWeights}. */
export function prefixWeights<T extends HostTensor>(weights: Weights<T>, prefix: string): Map<string, T> {
  const start = dotted(prefix);
  return new Map([...weights].map(([name, tensor]) => [start + name, tensor]));
}

/**
 * One map with the tensors of all.
 * @throws InvalidArgumentError when a name occurs in two of them
 */
export function mergeWeights<T extends HostTensor>(...parts: readonly Weights<T>[]): Map<string, T> {
  const merged = new Map<string, T>();
  for (const part of parts) {
    for (const [name, tensor] of part) {
      if (merged.has(name)) {
        throw new InvalidArgumentError({
          message: `mergeWeights: ${name} occurs twice`,
          hint: 'Give each part a prefix of its own with prefixWeights.',
          argument: 'parts',
        });
      }
      merged.set(name, tensor);
    }
  }
  return merged;
}

const dotted = (prefix: string): string => (prefix === '' || prefix.endsWith('.') ? prefix : `${prefix}.`);
