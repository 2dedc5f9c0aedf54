import type { FloatTensor } from '@nano-emox/tensor-contract';
import { OnnxGraph } from './onnx-model';
import { type BlockSizes, EPSILON } from './traced-block';

type Weights = ReadonlyMap<string, FloatTensor>;

const dataOf = (weights: Weights, name: string): Float32Array =>
  (weights.get(name) as FloatTensor).data as Float32Array;

function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = data[row * columns + column] as number;
  }
  return result;
}

/** Initializers of a block with matrices as `[in, out]`, the layout that ONNX exporters write. */
class BlockWriter {
  readonly graph = new OnnxGraph();

  constructor(
    private readonly weights: Weights,
    readonly sizes: BlockSizes,
  ) {}

  vector(name: string): string {
    const data = dataOf(this.weights, name);
    return this.graph.floats(name, [data.length], data);
  }

  matrix(name: string): string {
    const { dims, data } = this.weights.get(`${name}.weight`) as FloatTensor;
    const [outDim, inDim] = dims as [number, number];
    return this.graph.floats(`${name}.weight`, [inDim, outDim], transposed(data as Float32Array, outDim, inDim));
  }

  norm(x: string, name: string): string {
    const inputs = [x, this.vector(`${name}.weight`), this.vector(`${name}.bias`)];
    return this.graph.node('LayerNormalization', inputs, { axis: -1, epsilon: { float: EPSILON } });
  }

  affine(x: string, name: string): string {
    const product = this.graph.node('MatMul', [x, this.matrix(name)]);
    return this.graph.node('Add', [product, this.vector(`${name}.bias`)]);
  }
}

/** Standard operators only, as an exporter writes them; ONNX Runtime's own optimiser fuses what it recognises. */
export function standardBlock(weights: Weights, sizes: BlockSizes): Uint8Array {
  const { width, heads } = sizes;
  const writer = new BlockWriter(weights, sizes);
  const { graph } = writer;
  const normed = writer.norm('x', 'norm1');
  const shape = graph.integers(0, 0, heads, width / heads);
  const split = (name: string, perm: number[]) =>
    graph.node('Transpose', [graph.node('Reshape', [writer.affine(normed, name), shape])], { perm });
  const query = split('q', [0, 2, 1, 3]);
  const key = split('k', [0, 2, 3, 1]);
  const value = split('v', [0, 2, 1, 3]);
  const scores = graph.node('Mul', [graph.node('MatMul', [query, key]), graph.scalar(1 / Math.sqrt(width / heads))]);
  const mixed = graph.node('MatMul', [graph.node('Softmax', [scores], { axis: -1 }), value]);
  const merged = graph.node('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  const heard = graph.node('Reshape', [merged, graph.integers(0, 0, width)]);
  const attended = graph.node('Add', ['x', writer.affine(heard, 'out')]);
  const inner = writer.affine(writer.norm(attended, 'norm2'), 'up');
  const bell = graph.node('Add', [
    graph.node('Erf', [graph.node('Div', [inner, graph.scalar(Math.SQRT2)])]),
    graph.scalar(1),
  ]);
  const active = graph.node('Mul', [graph.node('Mul', [inner, bell]), graph.scalar(0.5)]);
  graph.node('Add', [attended, writer.affine(active, 'down')], {}, 'y');
  return graph.encode(['batch', 'time', width]);
}

/** ONNX Runtime's fused operators placed by hand: packed projections in `Attention`, bias inside the GELU, skip inside the norm. */
export function fusedBlock(weights: Weights, sizes: BlockSizes): Uint8Array {
  const { width, heads } = sizes;
  const writer = new BlockWriter(weights, sizes);
  const { graph } = writer;
  const packed = ['q', 'k', 'v'].map((name) => transposed(dataOf(weights, `${name}.weight`), width, width));
  const matrix = new Float32Array(3 * width * width);
  packed.forEach((part, index) => {
    for (let row = 0; row < width; row++) {
      matrix.set(part.subarray(row * width, (row + 1) * width), row * 3 * width + index * width);
    }
  });
  const bias = new Float32Array(3 * width);
  ['q', 'k', 'v'].forEach((name, index) => {
    bias.set(dataOf(weights, `${name}.bias`), index * width);
  });
  const projections = [graph.floats('qkv', [width, 3 * width], matrix), graph.floats('qkv.bias', [3 * width], bias)];
  const heard = graph.node('ms:Attention', [writer.norm('x', 'norm1'), ...projections], { num_heads: heads });
  const attended = graph.node('Add', ['x', writer.affine(heard, 'out')]);
  const inner = graph.node('MatMul', [writer.norm(attended, 'norm2'), writer.matrix('up')]);
  const active = graph.node('ms:BiasGelu', [inner, writer.vector('up.bias')]);
  graph.node('Add', [attended, writer.affine(active, 'down')], {}, 'y');
  return graph.encode(['batch', 'time', width]);
}

/** One product `[size, size] · [size, size]`: what the machine can do at best. */
export function squareProduct(size: number): Uint8Array {
  const graph = new OnnxGraph();
  const data = Float32Array.from({ length: size * size }, (_, index) => ((index * 2654435761) % 1000) / 1000 - 0.5);
  graph.node('MatMul', ['x', graph.floats('matrix', [size, size], data)], {}, 'y');
  return graph.encode([size, size]);
}
