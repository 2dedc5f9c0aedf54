import { graphOf, input, linear, mean, parameter, productFlops, Random, type Value } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { f32, floatTensor, type HostTensor, type RunOptions } from '@nano-emox/tensor-contract';
import type { ModelChoice } from '../shared-options';

const SIDE = 1024;
/** Products in a row, so that bringing the first matrix in and the last one out costs next to nothing. */
const PRODUCTS = 8;

/** Large matrix products on the device of the model: the most that a network of products can hope for there. */
export interface MachineProduct {
  /** @returns billions of multiplications and additions per second */
  measure(options: RunOptions): Promise<number>;
  dispose(): Promise<void>;
}

/** @throws MissingDependencyError, DeviceUnavailableError */
export async function openMachineProduct({
  device,
  threads,
  precision,
}: Pick<ModelChoice, 'device' | 'threads' | 'precision'>): Promise<MachineProduct> {
  const executor = await openExecutor({ device, spin: false, ...(threads !== undefined && { threads }) });
  try {
    const weight = parameter('weight', [SIDE, SIDE], { kind: 'constant', value: 0 });
    let y: Value = input('x', f32(SIDE, SIDE));
    for (let product = 0; product < PRODUCTS; product++) y = linear(y, weight);
    // The mean costs nothing, and a product that is a result itself would be rounded in another way.
    const graph = graphOf({ y: mean(y, [1]) });
    const random = new Random(1);
    // Of this deviation the values neither grow nor vanish from product to product.
    const weights = new Map([['weight', squareOf(() => random.normal() / Math.sqrt(SIDE))]]);
    const session = await executor.load(
      { graph, weights },
      // Of many rows, as everything but the tokens of an answer.
      { name: 'matrix products', precision: precision === 'int4' ? 'int8' : precision },
    );
    const x = squareOf(() => random.normal());
    const gigaflop = productFlops(graph) / 1e9;
    return {
      async measure({ signal }) {
        const startedMs = performance.now();
        await session.run({ x }, { signal });
        return gigaflop / ((performance.now() - startedMs) / 1000);
      },
      dispose: () => executor.dispose(),
    };
  } catch (error) {
    await executor.dispose();
    throw error;
  }
}

const squareOf = (value: () => number): HostTensor<'float32'> =>
  floatTensor(Float32Array.from({ length: SIDE ** 2 }, value), [SIDE, SIDE]);
