import { type Dim, dimsEqual, multiplyDims } from '../graph/dim';
import { apply, type Operation } from '../graph/operation';
import { describeAxes, type Value } from '../graph/value';
import { add } from './elementwise';
import { broadcast, fail, requireType } from './inference';
import { reshape } from './shape';

/** Attributes of a matrix product `alpha · op(a) op(b)`. */
export interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly alpha: number;
}

const matMulOp: Operation = {
  name: 'MatMul',
  infer: ([left, right], attributes) => {
    const { transposeA, transposeB } = attributes as unknown as MatMulAttributes;
    const [a, b] = [left as Value, right as Value];
    requireType('matmul', a, 'float32');
    requireType('matmul', b, 'float32');
    if (a.shape.length < 2 || b.shape.length < 2)
      fail('matmul', 'an operand', ['rank ≥ 2'], a.shape.length < 2 ? a : b, 'Add axes of size 1.');
    const row = a.shape.length - (transposeA ? 1 : 2);
    const inner = a.shape.length - (transposeA ? 2 : 1);
    const column = b.shape.length - (transposeB ? 2 : 1);
    const innerB = b.shape.length - (transposeB ? 1 : 2);
    if (!dimsEqual(a.shape[inner] as Dim, b.shape[innerB] as Dim)) {
      const expected = describeAxes(b).with(innerB, describeAxes(a)[inner] as string);
      fail('matmul', 'second operand', expected, b, 'The inner axes of a product must be equal.');
    }
    const outer = (value: Value) => ({
      type: value.type,
      shape: value.shape.slice(0, -2),
      labels: value.labels.slice(0, -2),
    });
    const batch = broadcast('matmul', outer(a), outer(b));
    return [
      {
        type: a.type,
        shape: [...batch.shape, a.shape[row] as Dim, b.shape[column] as Dim],
        labels: [...batch.labels, a.labels[row], b.labels[column]],
      },
    ];
  },
  emit: (emitter, node, outputs) => {
    const { transposeA, transposeB, alpha } = node.attributes as unknown as MatMulAttributes;
    const inputs = node.inputs.map(emitter.name);
    const summed = (node.inputs[0] as Value).shape.at(transposeA ? -2 : -1);
    // MatMul of WebGPU in ONNX Runtime 1.30 ends the process where nothing is summed, as over an empty cache of keys.
    const neverEmpty = typeof summed === 'number' && summed > 0;
    if (!transposeA && !transposeB && alpha === 1 && neverEmpty) emitter.node('MatMul', inputs, {}, { outputs });
    else {
      const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0, alpha: { float: alpha } };
      emitter.node('FusedMatMul', inputs, attributes, { domain: 'com.microsoft', outputs });
    }
  },
};

/** `alpha · op(a) op(b)` over the last two axes, leading axes broadcast. `transposeA/B` swap the last two axes of an operand. */
export function matmul(a: Value, b: Value, options: Partial<MatMulAttributes> = {}): Value {
  return apply(matMulOp, [a, b], { transposeA: false, transposeB: false, alpha: 1, ...options });
}

const linearOp: Operation = {
  name: 'Linear',
  infer: ([x, weight, bias]) => {
    const [input, matrix] = [x as Value, weight as Value];
    requireType('linear', input, 'float32');
    const [out, inner] = matrix.shape as [Dim, Dim];
    const last = input.shape.length - 1;
    if (!dimsEqual(input.shape[last] as Dim, inner)) {
      fail(
        'linear',
        'input',
        [...describeAxes(input).slice(0, -1), String(inner)],
        input,
        'The last axis must be the width the weight reads.',
      );
    }
    if (bias && !dimsEqual(bias.shape[0] as Dim, out))
      fail('linear', 'bias', [String(out)], bias, 'One bias per output.');
    return [
      {
        type: input.type,
        shape: [...input.shape.slice(0, -1), out],
        labels: [...input.labels.slice(0, -1), matrix.labels[0]],
      },
    ];
  },
  lower: ([x, weight, bias]) => {
    const product = matmul(x as Value, weight as Value, { transposeB: true });
    return [bias ? add(product, bias) : product];
  },
  emit: (emitter, node, outputs) => {
    const [x, weight] = node.inputs as [Value, Value];
    const [y] = node.outputs as [Value];
    const matrix = { transB: 1 };
    const parameters = node.inputs.slice(1).map(emitter.name);
    if (x.shape.length === 2) {
      emitter.node('Gemm', [emitter.name(x), ...parameters], matrix, { outputs });
      return;
    }
    // Gemm adds the bias inside the product; the reshapes around it move no memory.
    const flat = emitter.node('Reshape', [emitter.name(x), emitter.integers([-1, weight.shape[1] as number])]);
    const product = emitter.node('Gemm', [flat, ...parameters], matrix);
    const unknown = y.shape.filter((dim) => typeof dim !== 'number').length;
    const shape =
      unknown <= 1
        ? emitter.integers(y.shape.map((dim) => (typeof dim === 'number' ? dim : -1)))
        : emitter.sizes(y.shape);
    emitter.node('Reshape', [product, shape], {}, { outputs });
  },
};

/** `x · weightᵀ + bias`; `weight` is `[out, in]` as in PyTorch checkpoints. */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  return apply(linearOp, bias ? [x, weight, bias] : [x, weight]);
}

/** All axes but the last as one: `[rows, dim]`. */
export function flattenRows(x: Value): Value {
  return reshape(x, [multiplyDims(...x.shape.slice(0, -1)), x.shape[x.shape.length - 1] as Dim]);
}
