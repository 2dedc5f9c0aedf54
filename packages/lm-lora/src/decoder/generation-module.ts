import { type Dim, defineModule, flattenRows, gather, type Value } from '@nano-emox/engine';
import { f32, i64, type TensorSpec } from '@nano-emox/tensor-contract';
import type { DecoderConfig } from '../config/decoder-config';
import { branchedCausalBias } from './attention-bias';
import { decode, embedTokens, languageModelHead } from './decoder';
import { isRedundantWeight } from './decoder-module';
import { rotationAt } from './rotary';

/** Tensors of the cache, layer by layer: key, then value. */
const cacheNames = ({ layers }: DecoderConfig): string[] =>
  Array.from({ length: layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();

/** Outputs of the generation graph that are its next inputs: `{ 'present.0.key': 'past.0.key', … }`. */
export function cacheFeedback(config: DecoderConfig): Record<string, string> {
  return Object.fromEntries(cacheNames(config).map((name) => [`present.${name}`, `past.${name}`]));
}

const cacheSpecs = (config: DecoderConfig, prefix: string, timeAxis: string): Record<string, TensorSpec> =>
  Object.fromEntries(
    cacheNames(config).map((name) => [`${prefix}.${name}`, f32('batch', 'keyHeads', timeAxis, 'headDim')]),
  );

/**
 * The decoder with an explicit key-value cache: one graph reads a prompt (no past), adds a token (a past, one new token) and
 * scores several continuations of one prompt at once (`branch`). Logits are computed only for the `rows` asked for.
 *
 * Inputs: `inputIds`, `spliceIndex`, `positions`, `branch` int64 `[batch, time]`; `softTokens` `[batch, soft, hidden]`; `rows`
 * int64 `[rows]` (`sample · time + column`); `past.N.key`, `past.N.value` `[batch, keyHeads, past, headDim]`.
 * Outputs: `logits` `[rows, vocabSize]`; `present.N.…` `[batch, keyHeads, past + time, headDim]`.
 */
export const generationModule = defineModule<DecoderConfig, string, string>({
  name: 'Decoder',
  inputs: (config) => ({
    inputIds: i64('batch', 'time'),
    spliceIndex: i64('batch', 'time'),
    positions: i64('batch', 'time'),
    branch: i64('batch', 'time'),
    softTokens: f32('batch', 'soft', 'hidden'),
    rows: i64('rows'),
    ...cacheSpecs(config, 'past', 'past'),
  }),
  outputs: (config) => ({ logits: f32('rows', 'vocabSize'), ...cacheSpecs(config, 'present', 'total') }),
  forward(inputs, weights, config) {
    const named = (name: string): Value => inputs[name] as Value;
    const pasts = Array.from({ length: config.layers }, (_, layer) => ({
      key: named(`past.${layer}.key`),
      value: named(`past.${layer}.value`),
    }));
    const past = named('past.0.key').shape[2] as Dim;
    const context = {
      rotation: rotationAt(named('positions'), config),
      bias: branchedCausalBias(named('branch'), past),
    };
    const tokens = { inputIds: named('inputIds'), spliceIndex: named('spliceIndex'), softTokens: named('softTokens') };
    const { hidden, presents } = decode(embedTokens(tokens, weights, config), weights, config, context, pasts);
    const logits = languageModelHead(gather(flattenRows(hidden), named('rows')), weights, config); // [rows, vocabSize]
    const caches = presents.flatMap(({ key, value }, layer) => [
      [`present.${layer}.key`, key],
      [`present.${layer}.value`, value],
    ]);
    return { logits, ...Object.fromEntries(caches) };
  },
  ignores: isRedundantWeight,
});
