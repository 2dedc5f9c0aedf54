import { f32 } from '@nano-emox/tensor-contract';
import { expect, it } from 'vitest';
import { multiHeadAttention } from '../ops/attention';
import { columnConvolution } from '../ops/column-convolution';
import { convolution, convolutionTranspose } from '../ops/convolution';
import { linear, matmul } from '../ops/matmul';
import { graphOf } from './graph';
import { input, parameter } from './leaves';
import { productFlops } from './product-flops';
import type { Value } from './value';

const weight = (name: string, dims: number[]) => parameter(name, dims, { kind: 'constant', value: 0 });
const tensor = (name: string, ...dims: number[]) => input(name, f32(...dims));
const image = tensor('image', 2, 4, 9, 9);
const geometry = { strides: [1, 1], padsBefore: [0, 0], padsAfter: [0, 0], dilations: [1, 1], groups: 1 };
const kernel = weight('kernel', [6, 4, 3, 3]);
const terms = 2 * 6 * 7 * 7 * (4 * 3 * 3);

const cases: Record<string, [Value, number]> = {
  linear: [linear(tensor('x', 3, 5), weight('w', [7, 5])), 3 * 7 * 5],
  matmul: [matmul(tensor('x', 3, 5), tensor('z', 3, 4), { transposeA: true }), 5 * 4 * 3],
  convolution: [convolution(image, kernel), terms],
  'grouped convolution': [convolution(image, weight('k', [6, 2, 3, 3]), undefined, { groups: 2 }), terms / 2],
  'transposed convolution': [
    convolutionTranspose(tensor('map', 2, 6, 7, 7), kernel, { ...geometry, outputPadding: [0, 0] }),
    terms,
  ],
  'convolution over columns': [columnConvolution(tensor('last', 2, 9, 9, 4), kernel, undefined, geometry), terms],
  attention: [
    multiHeadAttention(tensor('q', 1, 10, 8), tensor('k', 1, 20, 8), tensor('v', 1, 20, 8), { heads: 2 }),
    2 * 10 * 20 * 8,
  ],
};

it.each(Object.entries(cases))('%s: two for each term of the product', (_, [y, expected]) => {
  expect(productFlops(graphOf({ y }))).toBe(2 * expected);
});
