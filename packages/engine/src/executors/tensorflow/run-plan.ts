import { ExecutionError, NanoEmoxError, throwIfAborted } from '@nano-emox/tensor-contract';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Dim, evaluateDim } from '../../graph/dim';
import type { GraphNode, Value } from '../../graph/value';
import type { Plan } from './compiled-graph';
import type { Kernel, TensorFlow } from './kernel';
import { kernels } from './kernels';

/** After this time in kernels the event loop gets a turn. One kernel is never interrupted. */
const TURN_MS = 20;

const eventLoopTurn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

export interface RunContext {
  readonly tf: TensorFlow;
  readonly name: string;
  readonly sizes: ReadonlyMap<string, number>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs the nodes of a plan.
 * @param leaves inputs, parameters and constants; they stay the caller's
 * @returns the outputs that nodes made, which the caller disposes of, each once
 * @throws ExecutionError, AbortedError; nothing is left on the device then
 */
export async function runPlan(
  { steps }: Plan,
  leaves: ReadonlyMap<Value, Tensor>,
  context: RunContext,
): Promise<Map<Value, Tensor>> {
  const made = new Map<Value, Tensor>();
  let turnEndMs = performance.now() + TURN_MS;
  try {
    for (const { node, released } of steps) {
      if (performance.now() > turnEndMs) {
        await eventLoopTurn();
        turnEndMs = performance.now() + TURN_MS;
      }
      throwIfAborted(context.signal, context.name);
      const inputs = node.inputs.map((value) => (made.get(value) ?? leaves.get(value)) as Tensor);
      runNode(node, inputs, context).forEach((tensor, index) => {
        made.set(node.outputs[index] as Value, tensor);
      });
      for (const value of released) {
        made.get(value)?.dispose();
        made.delete(value);
      }
    }
    return made;
  } catch (error) {
    for (const tensor of made.values()) tensor.dispose();
    throw error;
  }
}

function runNode(node: GraphNode, inputs: readonly Tensor[], { tf, name, sizes }: RunContext): readonly Tensor[] {
  const size = (dim: Dim) => evaluateDim(dim, sizes);
  try {
    const outputs = node.outputs.map(({ type, shape }) => ({ type, dims: shape.map(size) }));
    return tf.tidy(() => {
      const kernel = kernels[node.op.name] as Kernel;
      const results = [kernel({ tf, inputs, outputs, attributes: node.attributes, size })].flat() as Tensor[];
      outputs.forEach(({ dims }, index) => {
        const shape = results[index]?.shape.join();
        if (shape !== dims.join()) throw new RangeError(`result ${index} has shape [${shape}], expected [${dims}]`);
      });
      return results;
    });
  } catch (cause) {
    if (NanoEmoxError.isInstance(cause)) throw cause;
    const shapes = inputs.map(({ dtype, shape }) => `${dtype} [${shape}]`).join(', ');
    throw new ExecutionError({
      message: `${name}: ${node.op.name} failed on ${shapes}: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Check indices and sizes against the specs of the component; if they fit, please report the message.',
      cause,
    });
  }
}
