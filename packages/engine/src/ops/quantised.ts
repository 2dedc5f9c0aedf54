import type { Dim } from '../graph/dim';
import { apply, type Emitter, type Operation } from '../graph/operation';
import type { TensorType, Value } from '../graph/value';
import { abs, add, cast, div, maximum, modulo, mul, sub } from './elementwise';
import { fail, requireType } from './inference';
import { linear, matmul } from './matmul';
import { max } from './reduce';
import { concat, reshape, unsqueeze } from './shape';

/** Steps from zero to the largest magnitude of a row. */
const CODE_LIMIT = 127;
/** The code of zero. */
const CODE_ZERO = 128;
/** Below this a row counts as zeros, and nothing is divided by it. */
const SMALLEST_MAGNITUDE = 1e-30;

const quantiseUnitsOp: Operation = {
  name: 'QuantizeLinear',
  infer: ([x]) => {
    requireType('quantiseActivations', x as Value, 'float32');
    return [{ ...(x as Value), type: 'uint8' }];
  },
  // Codes are positive, where cutting off after half a step is rounding.
  lower: ([x]) => [cast(cast(add(mul(x as Value, CODE_LIMIT), CODE_ZERO + 0.5), 'int64'), 'uint8')],
  emit: (emitter, node, outputs) => {
    const inputs = [...node.inputs.map(emitter.name), emitter.scalar(1 / CODE_LIMIT, 'float32'), codeZero(emitter)];
    emitter.node('QuantizeLinear', inputs, {}, { outputs });
  },
};

const codeZero = (emitter: Emitter): string => emitter.scalar(CODE_ZERO, 'uint8');

/** 8-bit codes of a tensor: `x ≈ (codes − 128) · magnitudes / 127`. */
export interface QuantisedActivations {
  /** uint8, of the shape of the tensor. */
  readonly codes: Value;
  /** Largest magnitude of each row, `[…, 1]`. */
  readonly magnitudes: Value;
}

/**
 * Quantises each row of a float32 tensor by its own largest magnitude; several products may read the result. With one range for the
 * tensor, as the dynamic quantisation of ONNX has it, a single token with large features takes the precision of all others, and
 * what one sample becomes depends on its batch.
 */
export function quantiseActivations(x: Value): QuantisedActivations {
  const magnitudes = maximum(max(abs(x), [-1], true), SMALLEST_MAGNITUDE);
  return { codes: apply(quantiseUnitsOp, [div(x, magnitudes)]), magnitudes };
}

/** Type of `[…, in]` after a product that makes `out` features. */
const productType = (x: Value, out: Dim): TensorType => ({
  type: 'float32',
  shape: [...x.shape.slice(0, -1), out],
  labels: [...x.labels.slice(0, -1), undefined],
});

// One operation, magnitudes included, so that a gradient on its way to them meets it and is refused.
const int8LinearOp: Operation = {
  name: 'MatMulIntegerToFloat',
  infer: ([codes, , weight]) => {
    const [x, matrix] = [codes as Value, weight as Value];
    requireType('int8Linear', x, 'uint8');
    requireType('int8Linear', matrix, 'int8');
    if (x.shape[x.shape.length - 1] !== matrix.shape[0]) {
      const hint = 'The last axis must be the width the weight reads.';
      fail('int8Linear', 'input', ['…', String(matrix.shape[0])], x, hint);
    }
    return [productType(x, matrix.shape[1] as Dim)];
  },
  lower: ([codes, magnitudes, weight, scales, bias]) => {
    const steps = sub(cast(codes as Value, 'float32'), CODE_ZERO);
    const product = matmul(steps, cast(weight as Value, 'float32'));
    const scaled = mul(mul(product, mul(scales as Value, 1 / CODE_LIMIT)), magnitudes as Value);
    return [bias ? add(scaled, bias) : scaled];
  },
  emit: (emitter, node, outputs) => {
    const [codes, magnitudes, weight, scales, bias] = node.inputs.map(emitter.name) as string[];
    const inputs = [codes, weight, emitter.scalar(1 / CODE_LIMIT, 'float32'), scales, codeZero(emitter)] as string[];
    const product = emitter.node('MatMulIntegerToFloat', inputs, {}, { domain: 'com.microsoft' });
    const scaling = [product, magnitudes as string];
    if (bias === undefined) emitter.node('Mul', scaling, {}, { outputs });
    else emitter.node('Add', [emitter.node('Mul', scaling), bias], {}, { outputs });
  },
};

/** As `linear`, on integers: `weight` int8 `[in, out]`, `scales` float32 `[out]`; the result is float32. */
export function int8Linear(x: QuantisedActivations, weight: Value, scales: Value, bias?: Value): Value {
  const inputs = [x.codes, x.magnitudes, weight, scales];
  return apply(int8LinearOp, bias ? [...inputs, bias] : inputs);
}

/** Bits of a code that comes in blocks. */
type BlockBits = 4 | 8;

/** Columns of a matrix whose codes are `[out, blocks, bytes of a block]`. */
function columnsOf(codes: Value, bits: BlockBits): number {
  const [, blocks, bytes] = codes.shape as [number, number, number];
  return (blocks * bytes * 8) / bits;
}

/** Values of blocks of codes, float32 `[…, blocks, block]`, from uint8 `[…, blocks, bytes of a block]` and scales `[…, blocks]`. */
export function blockValues(codes: Value, scales: Value, bits: BlockBits): Value {
  const steps = bits === 8 ? sub(cast(codes, 'float32'), CODE_ZERO) : sub(cast(unpackNibbles(codes), 'float32'), 8);
  return mul(steps, unsqueeze(scales, scales.shape.length));
}

/** int64 codes 0 to 15 of bytes with two codes each, `[out, blocks, block / 2]` to `[out, blocks, block]`. */
function unpackNibbles(packed: Value): Value {
  const [out, blocks, half] = packed.shape as [Dim, Dim, number];
  const bytes = cast(packed, 'int64');
  const pairs = [modulo(bytes, 16), div(bytes, 16)].map((codes) => unsqueeze(codes, 3));
  return reshape(concat(pairs, 3), [out, blocks, 2 * half]);
}

const blockLinearOp: Operation = {
  name: 'MatMulNBits',
  infer: ([x, codes, scales], attributes) => {
    const [input, matrix] = [x as Value, codes as Value];
    requireType('blockLinear', input, 'float32');
    requireType('blockLinear', matrix, 'uint8');
    requireType('blockLinear', scales as Value, 'float32');
    const columns = columnsOf(matrix, attributes.bits as BlockBits);
    if (input.shape[input.shape.length - 1] !== columns)
      fail('blockLinear', 'input', ['…', columns], input, 'The last axis must be the width the weight reads.');
    return [productType(input, matrix.shape[0] as Dim)];
  },
  lower: ([x, codes, scales, bias], { bits }) => {
    const [out] = (codes as Value).shape as [number];
    const values = blockValues(codes as Value, scales as Value, bits as BlockBits);
    return [linear(x as Value, reshape(values, [out, columnsOf(codes as Value, bits as BlockBits)]), bias)];
  },
  emit: (emitter, node, outputs) => {
    const [x, codes, scales, bias] = node.inputs.map(emitter.name) as [string, string, string, string | undefined];
    const matrix = node.inputs[1] as Value;
    const bits = node.attributes.bits as BlockBits;
    const [out, blocks] = matrix.shape as [number, number];
    const columns = columnsOf(matrix, bits);
    // Level 4: activations become int8, one scale per block, so that the product runs on integers.
    const attributes = { K: columns, N: out, bits, block_size: columns / blocks, accuracy_level: 4 };
    const inputs = bias === undefined ? [x, codes, scales] : [x, codes, scales, '', '', bias];
    emitter.node('MatMulNBits', inputs, attributes, { domain: 'com.microsoft', outputs });
  },
};

/** As `linear` with weights in blocks: `codes` uint8 `[out, blocks, bytes of a block]`, `scales` float32 `[out, blocks]`. */
export function blockLinear(x: Value, codes: Value, scales: Value, bits: BlockBits, bias?: Value): Value {
  return apply(blockLinearOp, bias ? [x, codes, scales, bias] : [x, codes, scales], { bits });
}
