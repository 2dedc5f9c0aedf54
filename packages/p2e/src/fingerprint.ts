import { createHash, type Hash } from 'node:crypto';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { Phase } from './phase';
import type { DataSet } from './sampler';

/** Everything that decides, bit for bit, what a phase ends with. */
export interface RunIdentity {
  readonly phase: Phase;
  readonly seed: number;
  /** Starting weights, frozen ones included. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly dataSets: readonly Pick<DataSet<unknown>, 'name' | 'length' | 'fingerprint'>[];
}

/** Identifies a run of a phase, so that a checkpoint of another one is not continued by mistake. */
export function fingerprintOf({ phase, seed, weights, dataSets }: RunIdentity): string {
  const sets = dataSets
    .filter(({ name }) => (phase.mixture[name] ?? 0) > 0)
    .map(({ name, length, fingerprint }) => ({ name, length, fingerprint }));
  const facts = JSON.stringify({ phase, seed, sets }, (_, value) => (value instanceof RegExp ? String(value) : value));
  const hash = createHash('sha256').update(facts);
  hashTensors(hash, weights);
  return hash.digest('hex').slice(0, 32);
}

/** Adds tensors to a hash, whatever their order in the map. */
export function hashTensors(hash: Hash, tensors: ReadonlyMap<string, HostTensor>): void {
  for (const name of [...tensors.keys()].sort()) {
    const { type, dims, data } = tensors.get(name) as HostTensor;
    hash.update(JSON.stringify([name, type, dims]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}
