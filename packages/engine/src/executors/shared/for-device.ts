import { graphOf } from '../../graph/graph';
import { lowerComposites } from '../../graph/rewrite';
import type { GraphSource } from '../executor';

/**
 * Operations whose kernel on a device gives wrong values, found by running ours against the reference on it. `Attention` on WebGPU
 * (ONNX Runtime 1.30): the one kernel for all of it assumes a width of subgroups that not every processor has, and is wrong from 64
 * keys on where it differs; products and a softmax are right everywhere.
 */
const wrongKernels: Readonly<Record<string, ReadonlySet<string>>> = { webgpu: new Set(['Attention']) };

/** The same graph without the kernels that are wrong on `device`. */
export function forDevice(source: GraphSource, device: string): GraphSource {
  const wrong = wrongKernels[device];
  if (!wrong) return source;
  const graph = graphOf(lowerComposites(source.graph.outputs, ({ op }) => wrong.has(op.name)));
  return { graph: { ...graph, inputs: source.graph.inputs }, weights: source.weights };
}
