import { createHash } from 'node:crypto';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { derivationOf } from './derived-tensor';

const known = new WeakMap<HostTensor, string>();

/**
 * States that a tensor has the values that `fingerprint` stands for, now and later, so that nobody has to read them to know. A copy of
 * the tensor has no fingerprint of its own.
 */
export function setFingerprint(tensor: HostTensor, fingerprint: string): void {
  known.set(tensor, fingerprint);
}

/**
 * Text that two tensors of one type and shape share only if their values are the same: what was stated, what they were derived from, or a
 * hash of the values.
 */
export function fingerprintOf(tensor: HostTensor): string {
  const stated = known.get(tensor);
  if (stated !== undefined) return stated;
  const derivation = derivationOf(tensor);
  if (derivation) return `${derivation.rule}(${derivation.sources.map(fingerprintOf).join()})`;
  const { buffer, byteOffset, byteLength } = tensor.data;
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}
