import type { ConvolutionAttributes } from '../../../ops/convolution';
import { productOf, stridesOf } from '../../shared/strides';
import type { KernelContext, Kernels } from '../kernel';
import type { NumericTensor } from '../numeric-tensor';

type Block = KernelContext['outputs'][number];

/** One product of a convolution: offsets inside the space, the kernel and the window positions. */
interface Tap {
  readonly space: number;
  readonly kernel: number;
  readonly position: number;
}

/** Every index of a block, in row-major order. */
function indicesOf(dims: readonly number[]): number[][] {
  return dims.reduce<number[][]>(
    (outer, size) => outer.flatMap((index) => Array.from({ length: size }, (_, last) => [...index, last])),
    [[]],
  );
}

/** The products in which a kernel at a window position meets an element of the space rather than padding. */
function tapsOf(
  space: readonly number[],
  kernel: readonly number[],
  positions: readonly number[],
  { strides, dilations, padsBefore }: ConvolutionAttributes,
): Tap[] {
  const spaceStrides = stridesOf(space);
  const kernelIndices = indicesOf(kernel);
  return indicesOf(positions).flatMap((window, position) =>
    kernelIndices.flatMap((within, offset) => {
      const place = window.map(
        (start, axis) =>
          start * (strides[axis] as number) +
          (within[axis] as number) * (dilations[axis] as number) -
          (padsBefore[axis] as number),
      );
      if (place.some((at, axis) => at < 0 || at >= (space[axis] as number))) return [];
      const spaceOffset = place.reduce((sum, at, axis) => sum + at * (spaceStrides[axis] as number), 0);
      return [{ space: spaceOffset, kernel: offset, position }];
    }),
  );
}

/** Sizes of a convolution between `[batch, channels, space]` and `[batch, filters, positions]`. */
interface Geometry {
  readonly batch: number;
  /** `[filters, channels / groups, kernel…]`. */
  readonly weightDims: readonly number[];
  readonly space: readonly number[];
  readonly positions: readonly number[];
  readonly attributes: ConvolutionAttributes;
}

/** Calls `visit` with the offsets of every product: in the space tensor, the weight and the position tensor. */
function visitProducts(
  { batch, weightDims, space, positions, attributes }: Geometry,
  visit: (space: number, weight: number, position: number) => void,
): void {
  const [filters, groupChannels, ...kernel] = weightDims as [number, number, ...number[]];
  const channels = groupChannels * attributes.groups;
  const filtersPerGroup = filters / attributes.groups;
  const taps = tapsOf(space, kernel, positions, attributes);
  for (const [item, filter, within] of indicesOf([batch, filters, groupChannels]) as [number, number, number][]) {
    const channel = Math.floor(filter / filtersPerGroup) * groupChannels + within;
    const spaceStart = (item * channels + channel) * productOf(space);
    const weightStart = (filter * groupChannels + within) * productOf(kernel);
    const positionStart = (item * filters + filter) * productOf(positions);
    for (const tap of taps) visit(spaceStart + tap.space, weightStart + tap.kernel, positionStart + tap.position);
  }
}

export const convolutionKernels: Kernels = {
  Conv: ({ inputs, outputs, attributes }) => {
    const [x, weight, bias] = inputs as [NumericTensor, NumericTensor, NumericTensor | undefined];
    const { dims } = outputs[0] as Block;
    const [batch, filters, ...positions] = dims as [number, number, ...number[]];
    const perFilter = productOf(positions);
    const result = Float64Array.from({ length: productOf(dims) }, (_, index) =>
      bias ? (bias.data[Math.floor(index / perFilter) % filters] as number) : 0,
    );
    const geometry = attributes as unknown as ConvolutionAttributes;
    const sizes = { batch, weightDims: weight.dims, space: x.dims.slice(2), positions, attributes: geometry };
    visitProducts(sizes, (space, tap, position) => {
      result[position] = (result[position] as number) + (x.data[space] as number) * (weight.data[tap] as number);
    });
    return [result];
  },
  ConvTranspose: ({ inputs, outputs, attributes }) => {
    const [x, weight] = inputs as [NumericTensor, NumericTensor];
    const { dims } = outputs[0] as Block;
    const result = new Float64Array(productOf(dims));
    const geometry = attributes as unknown as ConvolutionAttributes;
    const [batch, , ...positions] = x.dims as [number, number, ...number[]];
    const sizes = { batch, weightDims: weight.dims, space: dims.slice(2), positions, attributes: geometry };
    visitProducts(sizes, (space, tap, position) => {
      result[space] = (result[space] as number) + (x.data[position] as number) * (weight.data[tap] as number);
    });
    return [result];
  },
};
