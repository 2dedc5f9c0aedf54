import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { parameter } from '../graph/leaves';
import type { Initializer, Value } from '../graph/value';

/** Normal distribution with mean 0. */
export const normal = (deviation: number): Initializer => ({ kind: 'normal', deviation });
/** Uniform distribution on `[−bound, bound]`. */
export const uniform = (bound: number): Initializer => ({ kind: 'uniform', bound });
export const zeros: Initializer = { kind: 'constant', value: 0 };
export const ones: Initializer = { kind: 'constant', value: 1 };
/** PyTorch's default for the weight and bias of a linear or convolution layer: U(±1/√fanIn). */
export const fanIn = (inputs: number): Initializer => uniform(1 / Math.sqrt(inputs));
/** Glorot & Bengio 2010: U(±√(6 / (fanIn + fanOut))). */
export const glorot = (inputs: number, outputs: number): Initializer => uniform(Math.sqrt(6 / (inputs + outputs)));

/** Where a `forward` function gets its weights from: upstream names, expected shapes. */
export interface WeightScope {
  /** The weight called `name` in this scope. Asking twice gives the same value (tied weights). */
  get(name: string, shape: readonly number[], initializer?: Initializer): Value;
  /** The scope below `name`, as in `layers.0`. */
  scope(...names: readonly (string | number)[]): WeightScope;
  /** Dotted name of this scope, empty at the root. */
  readonly path: string;
}

/** A root scope that turns every request into a graph parameter. */
export function tracingScope(): WeightScope {
  const known = new Map<string, Value>();
  const at = (path: string): WeightScope => ({
    path,
    get: (name, shape, initializer = zeros) => {
      const full = path === '' ? name : `${path}.${name}`;
      const existing = known.get(full);
      if (existing && existing.shape.join() !== shape.join()) {
        throw new InvalidConfigError({
          message: `weight ${full} is asked for as [${existing.shape}] and as [${shape}]`,
          hint: 'A weight that two layers share must have one shape: check the sizes in the configuration.',
          field: full,
        });
      }
      const value = existing ?? parameter(full, shape, initializer);
      known.set(full, value);
      return value;
    },
    scope: (...names) => at([path, ...names].filter((part) => part !== '').join('.')),
  });
  return at('');
}
