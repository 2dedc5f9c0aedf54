import { Random } from '@nano-emox/engine';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { squareProduct } from '../encoder/hand-written-block';
import { type Contestant, timed } from './contestant';

/** Side of the product that tells what the machine can do. */
export const SQUARE = 2048;
export const squareFlops = 2 * SQUARE ** 3;

/** Billions of multiplications and additions per second. */
export const rateOf = (flops: number, seconds: number): number => flops / seconds / 1e9;

/** One large product of ONNX Runtime: the most operations per second that a graph of products can hope for. */
export async function openSquareProduct(threads: number): Promise<Contestant> {
  const executor = await openOnnxRuntimeNode({ threads, workers: 0 });
  const session = await executor.load({ bytes: squareProduct(SQUARE) }, { name: 'square product' });
  const random = new Random(1);
  const data = Float32Array.from({ length: SQUARE ** 2 }, () => random.normal());
  const x = { type: 'float32', dims: [SQUARE, SQUARE], data } as const;
  return {
    name: 'one product',
    details: executor.device,
    run: () =>
      timed(async () => {
        await session.run({ x });
        return undefined;
      }),
    dispose: () => executor.dispose(),
  };
}
