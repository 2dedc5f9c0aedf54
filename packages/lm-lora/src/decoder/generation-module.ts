import {
  type AttentionExtension,
  concat,
  type Dim,
  defineModule,
  flattenRows,
  gather,
  type NetworkModule,
  type Value,
  type Values,
} from '@nano-emox/engine';
import { f32, floatTensor, type HostTensor, i64, type TensorSpec } from '@nano-emox/tensor-contract';
import type { DecoderConfig } from '../config/decoder-config';
import { branchedCausalBias } from './attention-bias';
import { decode, embedTokens, languageModelHead } from './decoder';
import type { KeyValues } from './decoder-layer';
import { isRedundantWeight } from './decoder-module';
import { carriedSpecs, layerAttention } from './layer-attention';
import { rotationAt } from './rotary';

/** Name of the kinds of the tokens so far, which a decoder with an attention extension keeps. */
const KINDS = 'kinds';

/** Tensors that stay between runs, by name: `N.key`, `N.value`, what an extension carries, and the kinds it reads. */
function cacheSpecs(config: DecoderConfig, extension: AttentionExtension | undefined, timeAxis: string) {
  const keyValue = f32('batch', 'keyHeads', timeAxis, 'headDim');
  const perLayer = { key: keyValue, value: keyValue, ...carriedSpecs(config, extension) };
  const layers = Array.from({ length: config.layers }, (_, layer) =>
    Object.entries(perLayer).map(([name, spec]) => [`${layer}.${name}`, spec] as const),
  );
  const kinds = config.attention ? { [KINDS]: i64('batch', timeAxis) } : {};
  return { ...Object.fromEntries<TensorSpec>(layers.flat()), ...kinds };
}

const withPrefix = <T>(prefix: string, entries: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [`${prefix}.${name}`, entry]));

/** Outputs of the generation graph that are its next inputs: `{ 'present.0.key': 'past.0.key', … }`. */
export function cacheFeedback(config: DecoderConfig, extension?: AttentionExtension): Record<string, string> {
  const names = Object.keys(cacheSpecs(config, extension, 'past'));
  return Object.fromEntries(names.map((name) => [`present.${name}`, `past.${name}`]));
}

/** The cache of one sequence without any token yet, as inputs of the generation graph. */
export function emptyCache(config: DecoderConfig, extension?: AttentionExtension): Record<string, HostTensor> {
  const open: Record<string, number> = { batch: 1, past: 0, keyHeads: config.keyHeads, headDim: config.headDim };
  const empty = ({ type, axes }: TensorSpec): HostTensor => {
    const dims = axes.map((axis) => (typeof axis === 'number' ? axis : (open[axis] as number)));
    const count = dims.reduce((product, dim) => product * dim, 1);
    return type === 'int64'
      ? { type, dims, data: new BigInt64Array(count) }
      : floatTensor(new Float32Array(count), dims);
  };
  const specs = Object.entries(cacheSpecs(config, extension, 'past'));
  return withPrefix('past', Object.fromEntries(specs.map(([name, spec]) => [name, empty(spec)])));
}

/** What each layer kept in the run before. */
function readPasts(inputs: Values, { layers }: DecoderConfig, carried: readonly string[]): KeyValues[] {
  return Array.from({ length: layers }, (_, layer) => {
    const at = (name: string) => inputs[`past.${layer}.${name}`] as Value;
    return {
      key: at('key'),
      value: at('value'),
      carried: Object.fromEntries(carried.map((name) => [name, at(name)])),
    };
  });
}

/** The generation graph with an attention extension, for configurations that have one; see {@link generationModule}. */
export const generationModuleWith = (
  extension: AttentionExtension | undefined,
): NetworkModule<DecoderConfig, string, string> => ({
  name: 'Decoder',
  inputs: (config) => ({
    inputIds: i64('batch', 'time'),
    spliceIndex: i64('batch', 'time'),
    positions: i64('batch', 'time'),
    branch: i64('batch', 'time'),
    softTokens: f32('batch', 'soft', 'hidden'),
    rows: i64('rows'),
    ...(config.attention && { kinds: i64('batch', 'time') }),
    ...withPrefix('past', cacheSpecs(config, extension, 'past')),
  }),
  outputs: (config) => ({
    logits: f32('rows', 'vocabSize'),
    ...withPrefix('present', cacheSpecs(config, extension, 'total')),
  }),
  forward(inputs, weights, config) {
    const named = (name: string): Value => inputs[name] as Value;
    const pasts = readPasts(inputs, config, Object.keys(carriedSpecs(config, extension)));
    const past = named('past.0.key').shape[2] as Dim;
    const keyKinds = config.attention && concat([named('past.kinds'), named('kinds')], 1); // [batch, past + time]
    const context = {
      rotation: rotationAt(named('positions'), config),
      bias: branchedCausalBias(named('branch'), past),
      attend: layerAttention(config, extension, weights, () => ({
        kinds: named('kinds'),
        keyKinds: keyKinds as Value,
      })),
    };
    const tokens = { inputIds: named('inputIds'), spliceIndex: named('spliceIndex'), softTokens: named('softTokens') };
    const { hidden, presents } = decode(embedTokens(tokens, weights, config), weights, config, context, pasts);
    const logits = languageModelHead(gather(flattenRows(hidden), named('rows')), weights, config); // [rows, vocabSize]
    const caches = presents.map(({ carried, ...keyValues }, layer) =>
      withPrefix(`present.${layer}`, { ...keyValues, ...carried }),
    );
    return Object.assign({ logits }, ...caches, keyKinds && { [`present.${KINDS}`]: keyKinds });
  },
  ignores: isRedundantWeight,
});

/**
 * The decoder with an explicit key-value cache: one graph reads a prompt (no past), adds a token (a past, one new token) and
 * scores several continuations of one prompt at once (`branch`). Logits are computed only for the `rows` asked for.
 *
 * Inputs: `inputIds`, `spliceIndex`, `positions`, `branch` int64 `[batch, time]`; `softTokens` `[batch, soft, hidden]`; `rows`
 * int64 `[rows]` (`sample · time + column`); `past.N.key`, `past.N.value` `[batch, keyHeads, past, headDim]`. A configuration with
 * an attention extension adds `kinds` `[batch, time]`, `past.kinds` `[batch, past]` and what the extension carries.
 * Outputs: `logits` `[rows, vocabSize]`; `present.N.…` `[batch, keyHeads, past + time, headDim]`, and the others likewise.
 */
export const generationModule = defineModule(generationModuleWith(undefined));
