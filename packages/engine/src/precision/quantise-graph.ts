import type { HostTensor } from '@nano-emox/tensor-contract';
import type { GraphSource } from '../executors/executor';
import { graphOf, leavesOf } from '../graph/graph';
import { parameter } from '../graph/leaves';
import { rewriteGraph } from '../graph/rewrite';
import type { GraphNode, Value } from '../graph/value';
import { gather } from '../ops/indexing';
import { blockLinear, blockValues, int8Linear, type QuantisedActivations, quantiseActivations } from '../ops/quantised';
import { reshape } from '../ops/shape';
import { lazyTensor } from '../weights/lazy-tensor';
import { evaluateWeights } from './evaluate-weights';
import {
  BLOCK,
  type BlockMatrix,
  type Int8Matrix,
  quantiseByteBlocks,
  quantiseNibbleBlocks,
  quantiseRows,
} from './quantise-weights';

/**
 * Matrices with a side below this stay float32: low-rank branches, gates, heads of a few classes. They cost little, and few
 * products average the rounding out.
 */
const SMALLEST_SIDE = 64;

const isMatrix = ({ type, shape }: Value): boolean =>
  type === 'float32' && shape.length === 2 && shape.every((size) => (size as number) >= SMALLEST_SIDE);

/** Whether a value is made of parameters and constants alone, so that it is known when the graph is compiled. */
const isFrozen = (value: Value): boolean => leavesOf([value]).every(({ origin }) => origin.kind !== 'input');

/** Codes of a matrix and their scales. */
type QuantisedMatrix = Int8Matrix | BlockMatrix;

/** Type and dims of codes, and dims of their scales. */
interface Form {
  readonly codes: Pick<HostTensor, 'type' | 'dims'>;
  readonly scales: readonly number[];
}

const bytesOfBlock = { 4: BLOCK / 2, 8: BLOCK } as const;

/** Replaces products with frozen weights, and keeps what it quantised. */
class Quantiser {
  readonly weights: Map<string, HostTensor>;
  /** What the graph gives: no later product averages out the rounding of the one that makes it. */
  private readonly results: ReadonlySet<Value>;
  private readonly activations = new Map<Value, QuantisedActivations>();
  private readonly matrices = new Map<string, readonly [Value, Value]>();
  private readonly computedNames = new Map<Value, string>();
  private latest: (QuantisedMatrix & { readonly key: string }) | undefined;

  constructor(
    { graph, weights }: GraphSource,
    private readonly precision: 'int8' | 'int4',
  ) {
    this.weights = new Map(weights);
    this.results = new Set(graph.outputs.values());
  }

  /** The node with integer weights, or `undefined` where it stays. */
  rewrite = (node: GraphNode, inputs: readonly Value[]): readonly Value[] | undefined => {
    if (node.op.name === 'Linear') {
      const isLast = this.results.has(node.outputs[0] as Value);
      return this.product(inputs as [Value, Value, Value | undefined], isLast);
    }
    if (node.op.name === 'Gather' && node.attributes.axis === 0) return this.rows(inputs as [Value, Value]);
    return undefined;
  };

  private product(
    [x, weight, bias]: readonly [Value, Value, Value | undefined],
    isLast: boolean,
  ): readonly Value[] | undefined {
    if (!isMatrix(weight) || !isFrozen(weight)) return undefined;
    const [rows, columns] = weight.shape as [number, number];
    const hasBlocks = columns % BLOCK === 0;
    if (this.precision === 'int8' && !(isLast && hasBlocks)) {
      const form = { codes: { type: 'int8', dims: [columns, rows] }, scales: [rows] } as const;
      const [codes, scales] = this.quantised(weight, 'int8', form, (values) => quantiseRows(values, rows, columns));
      return [int8Linear(this.activationsOf(x), codes, scales, bias)];
    }
    if (!hasBlocks) return undefined;
    const bits = isLast ? 8 : 4;
    return [blockLinear(x, ...this.blocks(weight, bits), bits, bias)];
  }

  /**
   * Rows of an embedding table: in 8 bits under either precision, since reading a row costs nothing and its error stays in every layer. Where
   * the table is also the matrix of the logits, both read the same codes.
   */
  private rows([table, indices]: readonly [Value, Value]): readonly Value[] | undefined {
    if (!isMatrix(table) || table.origin.kind !== 'parameter') return undefined;
    const columns = table.shape[1] as number;
    if (columns % BLOCK !== 0) return undefined;
    const [codes, scales] = this.blocks(table, 8);
    return [reshape(blockValues(gather(codes, indices), gather(scales, indices), 8), [...indices.shape, columns])];
  }

  private blocks(matrix: Value, bits: 4 | 8): readonly [Value, Value] {
    const [rows, columns] = matrix.shape as [number, number];
    const blocks = columns / BLOCK;
    const form = {
      codes: { type: 'uint8', dims: [rows, blocks, bytesOfBlock[bits]] },
      scales: [rows, blocks],
    } as const;
    return this.quantised(matrix, `blocks${bits}`, form, bits === 8 ? quantiseByteBlocks : quantiseNibbleBlocks);
  }

  /** Codes and scales of a matrix as parameters, once per form. Nothing is computed before their values are read. */
  private quantised(
    matrix: Value,
    form: string,
    { codes, scales }: Form,
    make: (values: Float32Array) => QuantisedMatrix,
  ): readonly [Value, Value] {
    const name = matrix.origin.kind === 'parameter' ? matrix.origin.name : this.nameOf(matrix);
    const key = `${name}:${form}`;
    const known = this.matrices.get(key);
    if (known) return known;
    const compute = () => {
      // Whoever reads the codes reads the scales next; of all other matrices nothing is kept.
      if (this.latest?.key !== key)
        this.latest = { key, ...make(evaluateWeights(matrix, this.weights).data as Float32Array) };
      return this.latest;
    };
    const made = [
      this.add(
        key,
        lazyTensor(codes, () => compute().codes),
      ),
      this.add(
        `${key}_scales`,
        lazyTensor({ type: 'float32', dims: scales }, () => compute().scales),
      ),
    ] as const;
    this.matrices.set(key, made);
    return made;
  }

  /** The same whenever the graph is traced, as a compiled model is found again by the names in it. */
  private nameOf(computed: Value): string {
    const name = this.computedNames.get(computed) ?? `computed_${this.computedNames.size}`;
    this.computedNames.set(computed, name);
    return name;
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

/**
 * The same graph with integer weights: `linear` with frozen matrices and rows of embedding tables. Convolutions, products of two
 * activations, biases, norms, and matrices with a side below 64 stay float32; so do tables and, in 4 bits, matrices whose width is no
 * multiple of 32. Products that are results of the graph, such as logits, and tables are in 8 bits with a scale per 32 weights under either
 * precision, one tensor where they are tied. Quantised tensors have new names; those that nothing reads any more are left out. They are
 * computed when their values are read, each time: whoever writes them one by one never holds more than one.
 */
export function quantiseGraph(source: GraphSource, precision: 'int8' | 'int4'): GraphSource {
  const quantiser = new Quantiser(source, precision);
  const graph = graphOf(rewriteGraph(source.graph.outputs, quantiser.rewrite));
  const weights = new Map([...quantiser.weights].filter(([name]) => graph.parameters.has(name)));
  return { graph: { ...graph, inputs: source.graph.inputs }, weights };
}
