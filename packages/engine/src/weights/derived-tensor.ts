import type { HostTensor } from '@nano-emox/tensor-contract';
import { lazyTensor } from './lazy-tensor';

/** What the values of a tensor follow from. */
export interface Derivation {
  /** Names the function that was applied, its numbers included. */
  readonly rule: string;
  readonly sources: readonly HostTensor[];
}

const derivations = new WeakMap<HostTensor, Derivation>();

/**
 * A tensor whose values follow from others and are computed each time they are asked for. Who wants to know only whether they are the
 * same as before need not compute them: the rule and the sources tell.
 */
export function derivedTensor(
  like: Pick<HostTensor, 'type' | 'dims'>,
  derivation: Derivation,
  compute: () => HostTensor['data'],
): HostTensor {
  const tensor = lazyTensor(like, compute);
  derivations.set(tensor, derivation);
  return tensor;
}

export const derivationOf = (tensor: HostTensor): Derivation | undefined => derivations.get(tensor);
