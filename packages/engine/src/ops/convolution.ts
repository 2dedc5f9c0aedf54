import { addDims, type Dim, dimsEqual, floorDivideDim, multiplyDims } from '../graph/dim';
import { apply, type Operation } from '../graph/operation';
import type { Value } from '../graph/value';
import { fail } from './inference';

/** Attributes of a convolution over one or two spatial axes; lists hold one entry per spatial axis. */
export interface ConvolutionAttributes {
  readonly strides: readonly number[];
  readonly padsBefore: readonly number[];
  readonly padsAfter: readonly number[];
  readonly dilations: readonly number[];
  readonly groups: number;
}

/** Attributes of the transposed convolution, which is the input gradient of a convolution. */
export interface ConvolutionTransposeAttributes extends ConvolutionAttributes {
  readonly outputPadding: readonly number[];
}

/** Input positions from the first to the last tap of a kernel on one spatial axis. */
function kernelSpan(kernel: Value, dilations: readonly number[], index: number): Dim {
  return addDims(multiplyDims(addDims(kernel.shape[index + 2] as Dim, -1), dilations[index] as number), 1);
}

const onnxAttributes = ({ strides, padsBefore, padsAfter, dilations, groups }: ConvolutionAttributes) => ({
  strides,
  pads: [...padsBefore, ...padsAfter],
  dilations,
  group: groups,
});

const convolutionOp: Operation = {
  name: 'Conv',
  infer: ([x, weight, bias], attributes) => {
    const { strides, padsBefore, padsAfter, dilations, groups } = attributes as unknown as ConvolutionAttributes;
    const [input, kernel] = [x as Value, weight as Value];
    const [filters, channels] = kernel.shape as [number, Dim];
    const expected = multiplyDims(channels, groups);
    if (input.shape.length !== kernel.shape.length || !dimsEqual(input.shape[1] as Dim, expected)) {
      fail(
        'convolution',
        'input',
        ['batch', `channels=${expected}`, ...strides.map(() => 'space')],
        input,
        'Channels come second (NCHW).',
      );
    }
    if (bias && !dimsEqual(bias.shape[0] as Dim, filters))
      fail('convolution', 'bias', [filters], bias, 'One bias per filter.');
    const space = strides.map((stride, index) => {
      const size = input.shape[index + 2] as Dim;
      const trim = (padsBefore[index] as number) + (padsAfter[index] as number);
      const room = addDims(size, trim, multiplyDims(kernelSpan(kernel, dilations, index), -1));
      return addDims(floorDivideDim(room, stride), 1);
    });
    return [
      {
        type: input.type,
        shape: [input.shape[0] as Dim, filters, ...space],
        labels: [input.labels[0], undefined, ...input.labels.slice(2)],
      },
    ];
  },
  emit: (emitter, node, outputs) => {
    const attributes = onnxAttributes(node.attributes as unknown as ConvolutionAttributes);
    emitter.node('Conv', node.inputs.map(emitter.name), attributes, { outputs });
  },
};

/** Fills the defaults: stride 1, no padding, no dilation, one group. */
function resolve(rank: number, options: Partial<ConvolutionAttributes>): ConvolutionAttributes {
  const all = (value: number) => Array.from({ length: rank }, () => value);
  return {
    strides: options.strides ?? all(1),
    padsBefore: options.padsBefore ?? all(0),
    padsAfter: options.padsAfter ?? options.padsBefore ?? all(0),
    dilations: options.dilations ?? all(1),
    groups: options.groups ?? 1,
  };
}

/** Cross-correlation of `x` `[batch, channels, space…]` with `weight` `[filters, channels / groups, kernel…]`, as in PyTorch. */
export function convolution(
  x: Value,
  weight: Value,
  bias?: Value,
  options: Partial<ConvolutionAttributes> = {},
): Value {
  return apply(convolutionOp, bias ? [x, weight, bias] : [x, weight], { ...resolve(weight.shape.length - 2, options) });
}

const convolutionTransposeOp: Operation = {
  name: 'ConvTranspose',
  infer: ([x, weight], attributes) => {
    const { strides, padsBefore, padsAfter, dilations, groups, outputPadding } =
      attributes as unknown as ConvolutionTransposeAttributes;
    const [input, kernel] = [x as Value, weight as Value];
    const space = strides.map((stride, index) => {
      const trim = (padsBefore[index] as number) + (padsAfter[index] as number);
      const starts = multiplyDims(addDims(input.shape[index + 2] as Dim, -1), stride);
      return addDims(starts, kernelSpan(kernel, dilations, index), (outputPadding[index] as number) - trim);
    });
    const filters = (kernel.shape[1] as number) * groups;
    return [
      {
        type: input.type,
        shape: [input.shape[0] as Dim, filters, ...space],
        labels: [input.labels[0], undefined, ...input.labels.slice(2)],
      },
    ];
  },
  emit: (emitter, node, outputs) => {
    const attributes = node.attributes as unknown as ConvolutionTransposeAttributes;
    const all = { ...onnxAttributes(attributes), output_padding: attributes.outputPadding };
    emitter.node('ConvTranspose', node.inputs.map(emitter.name), all, { outputs });
  },
};

/** Adjoint of {@link convolution} in its input. */
export function convolutionTranspose(x: Value, weight: Value, attributes: ConvolutionTransposeAttributes): Value {
  return apply(convolutionTransposeOp, [x, weight], { ...attributes });
}
