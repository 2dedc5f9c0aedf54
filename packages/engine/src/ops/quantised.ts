import type { Dim } from '../graph/dim';
import { apply, applyOperation, type Operation } from '../graph/operation';
import type { TensorType, Value } from '../graph/value';
import { add, cast, clamp, div, maximum, minimum, modulo, mul, neg, sub } from './elementwise';
import { fail, requireType } from './inference';
import { linear, matmul } from './matmul';
import { max } from './reduce';
import { concat, reshape, unsqueeze } from './shape';

/** Largest 8-bit code of an activation. */
const UINT8_LIMIT = 255;

const scalarOf = (type: 'float32' | 'uint8'): TensorType => ({ type, shape: [], labels: [] });

/** Nearest whole number of a tensor without negative elements, as float32. */
const roundPositive = (x: Value): Value => cast(cast(add(x, 0.5), 'int64'), 'float32');

const quantiseActivationsOp: Operation = {
  name: 'DynamicQuantizeLinear',
  infer: ([x]) => {
    requireType('quantiseActivations', x as Value, 'float32');
    return [{ ...(x as Value), type: 'uint8' }, scalarOf('float32'), scalarOf('uint8')];
  },
  lower: ([x]) => {
    const input = x as Value;
    const axes = input.shape.map((_, index) => index);
    const high = maximum(max(input, axes), 0);
    const low = minimum(neg(max(neg(input), axes)), 0);
    const scale = div(sub(high, low), UINT8_LIMIT);
    const zeroPoint = roundPositive(div(neg(low), scale));
    const codes = clamp(roundPositive(maximum(add(div(input, scale), zeroPoint), 0)), 0, UINT8_LIMIT);
    return [cast(codes, 'uint8'), scale, cast(zeroPoint, 'uint8')];
  },
  emit: (emitter, node, outputs) => {
    emitter.node('DynamicQuantizeLinear', node.inputs.map(emitter.name), {}, { outputs });
  },
};

/** 8-bit codes of a tensor: `x ≈ (codes − zeroPoint) · scale`, with the range found at run time. */
export interface QuantisedActivations {
  /** uint8, of the shape of the tensor. */
  readonly codes: Value;
  /** float32, rank 0. */
  readonly scale: Value;
  /** uint8, rank 0. */
  readonly zeroPoint: Value;
}

/** Quantises a float32 tensor as a whole; several products may read the result. */
export function quantiseActivations(x: Value): QuantisedActivations {
  const [codes, scale, zeroPoint] = applyOperation(quantiseActivationsOp, [x]) as [Value, Value, Value];
  return { codes, scale, zeroPoint };
}

/** Type of `[…, in]` after a product that makes `out` features. */
const productType = (x: Value, out: Dim): TensorType => ({
  type: 'float32',
  shape: [...x.shape.slice(0, -1), out],
  labels: [...x.labels.slice(0, -1), undefined],
});

const int8LinearOp: Operation = {
  name: 'MatMulIntegerToFloat',
  infer: ([codes, , , weight]) => {
    const [x, matrix] = [codes as Value, weight as Value];
    requireType('int8Linear', x, 'uint8');
    requireType('int8Linear', matrix, 'int8');
    if (x.shape[x.shape.length - 1] !== matrix.shape[0])
      fail(
        'int8Linear',
        'input',
        ['…', String(matrix.shape[0])],
        x,
        'The last axis must be the width the weight reads.',
      );
    return [productType(x, matrix.shape[1] as Dim)];
  },
  lower: ([codes, scale, zeroPoint, weight, weightScales, bias]) => {
    const steps = sub(cast(codes as Value, 'float32'), cast(zeroPoint as Value, 'float32'));
    const product = matmul(steps, cast(weight as Value, 'float32'));
    const scaled = mul(product, mul(weightScales as Value, scale as Value));
    return [bias ? add(scaled, bias) : scaled];
  },
  emit: (emitter, node, outputs) => {
    const [codes, scale, zeroPoint, weight, weightScales, bias] = node.inputs.map(emitter.name) as string[];
    // The sixth input, the zero point of the weights, stays empty: they are symmetric.
    const inputs = [codes, weight, scale, weightScales, zeroPoint] as string[];
    if (bias !== undefined) inputs.push('', bias);
    emitter.node('MatMulIntegerToFloat', inputs, {}, { domain: 'com.microsoft', outputs });
  },
};

/** As `linear`, on integers: `weight` int8 `[in, out]`, `scales` float32 `[out]`; the result is float32. */
export function int8Linear(x: QuantisedActivations, weight: Value, scales: Value, bias?: Value): Value {
  const inputs = [x.codes, x.scale, x.zeroPoint, weight, scales];
  return apply(int8LinearOp, bias ? [...inputs, bias] : inputs);
}

/** int64 codes 0 to 15 of bytes with two codes each, `[out, blocks, block / 2]` to `[out, blocks, block]`. */
function unpackNibbles(packed: Value): Value {
  const [out, blocks, half] = packed.shape as [Dim, Dim, number];
  const bytes = cast(packed, 'int64');
  const pairs = [modulo(bytes, 16), div(bytes, 16)].map((codes) => unsqueeze(codes, 3));
  return reshape(concat(pairs, 3), [out, blocks, 2 * half]);
}

const int4LinearOp: Operation = {
  name: 'MatMulNBits',
  infer: ([x, codes]) => {
    const [input, packed] = [x as Value, codes as Value];
    requireType('int4Linear', input, 'float32');
    requireType('int4Linear', packed, 'uint8');
    const [out, blocks, half] = packed.shape as [number, number, number];
    if (input.shape[input.shape.length - 1] !== blocks * half * 2)
      fail('int4Linear', 'input', ['…', blocks * half * 2], input, 'The last axis must be the width the weight reads.');
    return [productType(input, out)];
  },
  lower: ([x, codes, scales, bias]) => {
    const [out, blocks, half] = (codes as Value).shape as [number, number, number];
    const steps = sub(cast(unpackNibbles(codes as Value), 'float32'), 8);
    const weight = reshape(mul(steps, reshape(scales as Value, [out, blocks, 1])), [out, blocks * half * 2]);
    return [linear(x as Value, weight, bias)];
  },
  emit: (emitter, node, outputs) => {
    const [x, codes, scales, bias] = node.inputs.map(emitter.name) as [string, string, string, string | undefined];
    const packed = node.inputs[1] as Value;
    const [out, blocks, half] = packed.shape as [number, number, number];
    // Level 4: activations become int8, one scale per block, so that the product runs on integers.
    const attributes = { K: blocks * half * 2, N: out, bits: 4, block_size: half * 2, accuracy_level: 4 };
    const inputs = bias === undefined ? [x, codes, scales] : [x, codes, scales, '', '', bias];
    emitter.node('MatMulNBits', inputs, attributes, { domain: 'com.microsoft', outputs });
  },
};

/** As `linear` with block-wise 4-bit weights: `codes` uint8 `[out, blocks, block / 2]`, `scales` float32 `[out · blocks]`. */
export function int4Linear(x: Value, codes: Value, scales: Value, bias?: Value): Value {
  return apply(int4LinearOp, bias ? [x, codes, scales, bias] : [x, codes, scales]);
}
