import { NanoEmoxError } from '@nano-emox/tensor-contract';
import type { Executor } from '../executors/executor';

/** What another device may make up for; anything else is a fault that must be seen. */
const skippable: readonly string[] = ['MISSING_DEPENDENCY', 'DEVICE_UNAVAILABLE'];

/**
 * The first device that can be used; `warnings` of its executor say which before it could not, and why.
 * @param devices the best first; why the last cannot be used is thrown
 */
export async function openFirst<Name extends string>(
  devices: readonly Name[],
  open: (device: Name) => Promise<Executor>,
): Promise<Executor> {
  const skipped: string[] = [];
  for (const [index, device] of devices.entries()) {
    try {
      const executor = await open(device);
      const warnings = skipped.map((reason) => `${executor.device} is used, which is slower: ${reason}`);
      return Object.assign(executor, { warnings: [...warnings, ...executor.warnings] });
    } catch (error) {
      const isLast = index === devices.length - 1;
      if (isLast || !NanoEmoxError.isInstance(error) || !skippable.includes(error.code)) throw error;
      skipped.push(error.message);
    }
  }
  throw new RangeError('no device was given');
}
