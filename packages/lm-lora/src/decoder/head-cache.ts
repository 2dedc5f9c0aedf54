import {
  add,
  attentionScores,
  concat,
  type Dim,
  matmul,
  multiplyDims,
  reshape,
  softmax,
  split,
  type Value,
  type Values,
} from '@nano-emox/engine';
import { f32, type TensorSpec } from '@nano-emox/tensor-contract';
import type { DecoderConfig } from '../config/decoder-config';
import type { LayerAttention, LayerParts } from './layer-attention';

/** Names of the tensors of a cache: per layer and key head, keys and values. */
const namesOf = ({ layers, keyHeads }: DecoderConfig): string[] =>
  Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].flatMap((part) => Array.from({ length: keyHeads }, (_, head) => `${layer}.${part}.${head}`)),
  ).flat();

/**
 * The cache of plain attention: one tensor `[past, headDim]` per layer, part and key head, so that the rows of later tokens can be
 * put behind those so far without moving them. The runtime reads it in place and returns the new rows alone; a cache that went
 * through the graph as a whole would be copied for every token, at 4,096 tokens of the paper's model 235 MB.
 */
export const headCacheSpecs = (config: DecoderConfig, timeAxis: string): Record<string, TensorSpec> =>
  Object.fromEntries(namesOf(config).map((name) => [name, f32(timeAxis, 'headDim')]));

/** `{ 'fresh.0.key.0': { appendTo: 'past.0.key.0' }, … }` */
export const headCacheFeedback = (config: DecoderConfig): Record<string, { appendTo: string }> =>
  Object.fromEntries(namesOf(config).map((name) => [`fresh.${name}`, { appendTo: `past.${name}` }]));

/** The rows that the tokens of a run add, from keys and values `[1, keyHeads, time, headDim]` of each layer. */
export function freshRows(
  presents: readonly { readonly key: Value; readonly value: Value }[],
  { keyHeads, headDim }: DecoderConfig,
): Record<string, Value> {
  const rows: Record<string, Value> = {};
  presents.forEach((present, layer) => {
    for (const part of ['key', 'value'] as const) {
      const [, , time] = present[part].shape as [Dim, Dim, Dim];
      partsOf(present[part], 1, keyHeads).forEach((head, index) => {
        rows[`fresh.${layer}.${part}.${index}`] = reshape(head, [time, headDim]);
      });
    }
  });
  return rows;
}

const partsOf = (x: Value, axis: number, count: number): readonly Value[] =>
  split(x, axis, new Array<Dim>(count).fill(1));

/** Attention of one sequence over the tokens of a cache, all visible, and the tokens of the run, as `bias` says. */
export function attendBehindCache(inputs: Values, config: DecoderConfig): LayerAttention {
  const { keyHeads } = config;
  const cached = (layer: number, part: 'key' | 'value') =>
    Array.from({ length: keyHeads }, (_, head) => inputs[`past.${layer}.${part}.${head}`] as Value);
  return (parts) => ({
    heard: attend(parts, cached(parts.layer, 'key'), cached(parts.layer, 'value')),
    present: { key: parts.key, value: parts.value },
  });
}

/** Scores and mixed values are computed apart for cache and run, so that neither has to be joined with the other. */
function attend({ query, key, value, bias }: LayerParts, keys: readonly Value[], values: readonly Value[]): Value {
  const [, heads, time, headDim] = query.shape as [Dim, number, Dim, number];
  const keyHeads = keys.length;
  const past = (keys[0] as Value).shape[0] as Dim;
  const rows = multiplyDims(time, heads / keyHeads); // the queries that share a key head
  const alpha = 1 / Math.sqrt(headDim);
  const queries = partsOf(reshape(query, [keyHeads, rows, headDim]), 0, keyHeads);
  const before = queries.map((head, index) => matmul(head, keys[index] as Value, { transposeB: true, alpha }));
  const fresh = reshape(attentionScores(query, key, { bias }), [keyHeads, rows, time]);
  const shares = softmax(concat([concat(before, 0), fresh], 2), -1); // [keyHeads, rows, past + time]
  const [ofPast, ofFresh] = split(shares, 2, [past, time]) as [Value, Value];
  const heard = partsOf(ofPast, 0, keyHeads).map((head, index) => matmul(head, values[index] as Value));
  const mixed = add(concat(heard, 0), matmul(ofFresh, reshape(value, [keyHeads, time, headDim])));
  return reshape(mixed, [1, heads, time, headDim]);
}
