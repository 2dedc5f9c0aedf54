import type { HostTensor } from '@nano-emox/tensor-contract';

/** A tensor whose values are made by `read` each time they are asked for, and held by nobody but who asked. */
export function lazyTensor(
  { type, dims }: Pick<HostTensor, 'type' | 'dims'>,
  read: () => HostTensor['data'],
): HostTensor {
  return {
    type,
    dims,
    get data() {
      return read();
    },
  } as HostTensor;
}
