import {
  add,
  defineModule,
  gelu,
  initializeWeights,
  layerNormLayer,
  linearLayer,
  multiHeadAttention,
  traceModule,
  writeModel,
} from '@nano-emox/engine';
import { type FloatTensor, f32 } from '@nano-emox/tensor-contract';

/** Sizes of a pre-norm encoder block. */
export interface BlockSizes {
  readonly name: string;
  readonly width: number;
  readonly heads: number;
  readonly mlp: number;
  readonly tokens: number;
  readonly batch: number;
}

export const EPSILON = 1e-5;

/** A block as in a vision transformer: norm, attention, residual, norm, MLP, residual. */
const encoderBlock = defineModule({
  name: 'EncoderBlock',
  inputs: (_sizes: BlockSizes) => ({ x: f32('rows', 'time', 'width') }),
  outputs: () => ({ y: f32('rows', 'time', 'width') }),
  forward({ x }, weights, { width, heads, mlp }) {
    const normed = layerNormLayer(x, weights.scope('norm1'), EPSILON);
    const [query, key, value] = ['q', 'k', 'v'].map((name) => linearLayer(normed, weights.scope(name), width));
    const heard = multiHeadAttention(query as never, key as never, value as never, { heads });
    const attended = add(x, linearLayer(heard, weights.scope('out'), width)); // [rows, time, width]
    const inner = gelu(
      linearLayer(layerNormLayer(attended, weights.scope('norm2'), EPSILON), weights.scope('up'), mlp),
    );
    return { y: add(attended, linearLayer(inner, weights.scope('down'), width)) };
  },
});

/** The block through the engine: its ONNX model and the weights it got, under `norm1`, `q`, `k`, `v`, `out`, `norm2`, `up`, `down`. */
export function traceBlock(sizes: BlockSizes): { model: Uint8Array; weights: ReadonlyMap<string, FloatTensor> } {
  const graph = traceModule(encoderBlock, sizes);
  const weights = initializeWeights(graph, 1);
  return { model: writeModel(graph, { weights }).model, weights };
}

/** Multiplications and additions of the matrix products of one run. */
export function blockFlops({ width, mlp, tokens, batch }: BlockSizes): number {
  const projections = 2 * batch * tokens * width * (4 * width + 2 * mlp);
  return projections + 4 * batch * tokens * tokens * width;
}
