import type { HostTensor } from '@nano-emox/tensor-contract';
import type { GraphSource } from '../executors/executor';
import { graphOf, leavesOf } from '../graph/graph';
import { parameter } from '../graph/leaves';
import { rewriteGraph } from '../graph/rewrite';
import type { GraphNode, Value } from '../graph/value';
import { cast, mul } from '../ops/elementwise';
import { gather } from '../ops/indexing';
import { int4Linear, int8Linear, type QuantisedActivations, quantiseActivations } from '../ops/quantised';
import { unsqueeze } from '../ops/shape';
import { evaluateWeights } from './evaluate-weights';
import { INT4_BLOCK, quantiseBlocks, quantiseRows } from './quantise-weights';

/**
 * Matrices with a side below this stay float32: low-rank branches, gates, heads of a few classes. They cost little, and few
 * products average the rounding out.
 */
const SMALLEST_SIDE = 64;

const isMatrix = ({ type, shape }: Value): boolean =>
  type === 'float32' && shape.length === 2 && shape.every((size) => (size as number) >= SMALLEST_SIDE);

/** Whether a value is made of parameters and constants alone, so that it is known when the graph is compiled. */
const isFrozen = (value: Value): boolean => leavesOf([value]).every(({ origin }) => origin.kind !== 'input');

/** Replaces products with frozen weights, and keeps what it quantised. */
class Quantiser {
  readonly weights: Map<string, HostTensor>;
  private readonly activations = new Map<Value, QuantisedActivations>();
  private readonly matrices = new Map<string, readonly [Value, Value]>();

  constructor(
    { weights }: GraphSource,
    private readonly precision: 'int8' | 'int4',
  ) {
    this.weights = new Map(weights);
  }

  /** The node with integer weights, or `undefined` where it stays. */
  rewrite = (node: GraphNode, inputs: readonly Value[]): readonly Value[] | undefined => {
    if (node.op.name === 'Linear') return this.product(inputs as [Value, Value, Value | undefined]);
    if (node.op.name === 'Gather' && node.attributes.axis === 0) return this.rows(inputs as [Value, Value]);
    return undefined;
  };

  private product([x, weight, bias]: readonly [Value, Value, Value | undefined]): readonly Value[] | undefined {
    if (!isMatrix(weight) || !isFrozen(weight)) return undefined;
    const [rows, columns] = weight.shape as [number, number];
    if (this.precision === 'int8') {
      const [codes, scales] = this.quantised(weight, 'int8', (values) => {
        const matrix = quantiseRows(values, rows, columns, true);
        return [int8Tensor(matrix.codes, [columns, rows]), floats(matrix.scales)];
      });
      return [int8Linear(this.activationsOf(x), codes, scales, bias)];
    }
    if (columns % INT4_BLOCK !== 0) return undefined;
    const [codes, scales] = this.quantised(weight, 'int4', (values) => {
      const matrix = quantiseBlocks(values);
      const dims = [rows, columns / INT4_BLOCK, INT4_BLOCK / 2];
      return [{ type: 'uint8', dims, data: matrix.codes }, floats(matrix.scales)];
    });
    return [int4Linear(x, codes, scales, bias)];
  }

  /** Rows of an embedding table: int8 under either precision, since reading a row costs nothing and its error stays in every layer. */
  private rows([table, indices]: readonly [Value, Value]): readonly Value[] | undefined {
    if (!isMatrix(table) || table.origin.kind !== 'parameter') return undefined;
    const [rows, columns] = table.shape as [number, number];
    const [codes, scales] = this.quantised(table, 'rows', (values) => {
      const matrix = quantiseRows(values, rows, columns, false);
      return [int8Tensor(matrix.codes, [rows, columns]), floats(matrix.scales)];
    });
    return [mul(cast(gather(codes, indices), 'float32'), unsqueeze(gather(scales, indices), indices.shape.length))];
  }

  /** Codes and scales of a matrix as parameters, made once per form. */
  private quantised(
    matrix: Value,
    form: string,
    make: (values: Float32Array) => readonly [HostTensor, HostTensor],
  ): readonly [Value, Value] {
    const name = matrix.origin.kind === 'parameter' ? matrix.origin.name : `computed_${matrix.id}`;
    const known = this.matrices.get(`${name}:${form}`);
    if (known) return known;
    const tensor = evaluateWeights(matrix, this.weights);
    const [codes, scales] = make(tensor.data as Float32Array);
    const made = [this.add(`${name}:${form}`, codes), this.add(`${name}:${form}_scales`, scales)] as const;
    this.matrices.set(`${name}:${form}`, made);
    return made;
  }

  private add(name: string, tensor: HostTensor): Value {
    this.weights.set(name, tensor);
    return parameter(name, tensor.dims, { kind: 'constant', value: 0 }, tensor.type);
  }

  /** Codes of a value, made once for all products that read it. */
  private activationsOf(x: Value): QuantisedActivations {
    const codes = this.activations.get(x) ?? quantiseActivations(x);
    this.activations.set(x, codes);
    return codes;
  }
}

const floats = (data: Float32Array): HostTensor => ({ type: 'float32', dims: [data.length], data });
const int8Tensor = (data: Int8Array, dims: readonly number[]): HostTensor => ({ type: 'int8', dims, data });

/**
 * The same graph with integer weights: `linear` with frozen matrices and rows of embedding tables. Convolutions, products of two
 * activations, biases, norms, and matrices with a side below 64 stay float32; so do, in 4 bits, matrices whose width is no
 * multiple of 32. Quantised tensors have new names; those that nothing reads any more are left out.
 */
export function quantiseGraph(source: GraphSource, precision: 'int8' | 'int4'): GraphSource {
  const quantiser = new Quantiser(source, precision);
  const graph = graphOf(rewriteGraph(source.graph.outputs, quantiser.rewrite));
  const weights = new Map([...quantiser.weights].filter(([name]) => graph.parameters.has(name)));
  return { graph: { ...graph, inputs: source.graph.inputs }, weights };
}
