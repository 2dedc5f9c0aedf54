/**
 * How a compiled graph multiplies with its frozen weights. A choice of compilation: weights in memory and on disk stay as they are.
 *
 * | | products with frozen weights | rest |
 * |---|---|---|
 * | `float32` | float32 | float32 |
 * | `int8` | weights int8, one scale per output; activations 8 bits, one scale per row | float32 |
 * | `int4` | weights 4 bits, one scale per block of 32; activations 8 bits, one scale per block | float32 |
 * | `float16` | float16 | float16; for GPUs |
 *
 * Embedding tables, and products that are results such as logits, have 8 bits with one scale per block of 32 in both.
 */
export type Precision = 'float32' | 'int8' | 'int4' | 'float16';

export const precisions = ['float32', 'int8', 'int4', 'float16'] as const satisfies readonly Precision[];
