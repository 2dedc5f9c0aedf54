import { dependentValues } from '../autodiff/differentiate';
import type { Dim } from '../graph/dim';
import { topologicalNodes } from '../graph/graph';
import { rebuildNode } from '../graph/operation';
import { rewriteGraph } from '../graph/rewrite';
import type { GraphNode, Value } from '../graph/value';
import { batchStatisticsNorm, batchStatisticsNormOp } from '../ops/batch-norm';
import { columnConvolution } from '../ops/column-convolution';
import type { ConvolutionAttributes } from '../ops/convolution';
import { transpose } from '../ops/shape';

/** More taps than this would copy the input too often. */
const LARGEST_TAPS = 16;
/** Output positions of the largest map; at 24 × 24 the convolutions of the runtime are as fast, and columns take memory. */
const MOST_POSITIONS = 256;

const productOf = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);

/** Whether a node is a convolution of one group with few taps over a small map of fixed size. */
function fitsColumns({ op, inputs, outputs, attributes }: GraphNode): boolean {
  if (op.name !== 'Conv' || (attributes as unknown as ConvolutionAttributes).groups !== 1) return false;
  const [input, kernel, output] = [inputs[0], inputs[1], outputs[0]].map((value) => (value as Value).shape.slice(2));
  const sizes = [...(input as Dim[]), ...(output as Dim[])];
  if (!sizes.every((size) => typeof size === 'number')) return false;
  return productOf(kernel as number[]) <= LARGEST_TAPS && productOf(output as number[]) <= MOST_POSITIONS;
}

/** Operations of element and element, which do not care in which order the axes lie. */
const pointwise = new Set(['Add', 'Sub', 'Mul', 'Div', 'Relu', 'Sigmoid', 'Tanh', 'Gelu', 'QuickGelu']);

/** Values with channels second, each with the value that holds the same with channels last. */
class ChannelsLast {
  private readonly forms = new Map<Value, Value>();

  of(x: Value): Value {
    return this.forms.get(x) ?? transpose(x, this.permutationOf(x));
  }

  /** The form with channels second of a value with channels last. */
  add(last: Value): Value {
    const axes = last.shape.map((_, axis) => axis);
    const x = transpose(last, [0, axes.length - 1, ...axes.slice(1, -1)]);
    this.forms.set(x, last);
    return x;
  }

  /** The same operation with channels last, where it can be had without a transpose of an operand. */
  replace(node: GraphNode, inputs: readonly Value[]): readonly Value[] | undefined {
    const [x, scale, bias] = inputs as [Value, Value, Value];
    const form = this.forms.get(x);
    if (!form) return undefined;
    if (node.op.name === 'Transpose')
      return String(node.attributes.permutation) === String(this.permutationOf(x)) ? [form] : undefined;
    if (node.op === batchStatisticsNormOp) {
      const epsilon = node.attributes.epsilon as number;
      const [y, ...statistics] = batchStatisticsNorm(form, { scale, bias }, epsilon, form.shape.length - 1);
      return [this.add(y), ...statistics];
    }
    const forms = inputs.flatMap((input) => this.forms.get(input) ?? []);
    if (!pointwise.has(node.op.name) || forms.length < inputs.length) return undefined;
    return rebuildNode(node, forms).outputs.map((output) => this.add(output));
  }

  private permutationOf(x: Value): number[] {
    return [0, ...x.shape.map((_, axis) => axis).slice(2), 1];
  }
}

/**
 * Outputs of a graph that is to be differentiated in `trained`, with its small trained convolutions as products over columns, see
 * {@link columnConvolution}. Their channels lie last; what follows element by element, batch norms too, is computed in that order, so
 * that few transposes are left. ONNX Runtime computes convolutions whose kernels change from run to run sample by sample, which for small
 * maps takes several times longer.
 */
export function withColumnConvolutions(
  outputs: ReadonlyMap<string, Value>,
  trained: readonly Value[],
): ReadonlyMap<string, Value> {
  const nodes = topologicalNodes(outputs.values());
  const dependent = dependentValues(nodes, trained);
  const small = new Set(nodes.filter((node) => dependent.has(node.inputs[1] as Value) && fitsColumns(node)));
  if (small.size === 0) return outputs;
  const channelsLast = new ChannelsLast();
  return rewriteGraph(outputs, (node, inputs) => {
    if (!small.has(node)) return channelsLast.replace(node, inputs);
    const [x, weight, bias] = inputs as [Value, Value, Value | undefined];
    const attributes = node.attributes as unknown as ConvolutionAttributes;
    return [channelsLast.add(columnConvolution(channelsLast.of(x), weight, bias, attributes))];
  });
}
