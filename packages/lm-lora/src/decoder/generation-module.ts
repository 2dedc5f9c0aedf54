import {
  type AttentionExtension,
  concat,
  type Dim,
  defineModule,
  type Feedback,
  flattenRows,
  gather,
  type NetworkModule,
  type Value,
  type Values,
  type WeightScope,
} from '@nano-emox/engine';
import { f32, floatTensor, type HostTensor, i64, type TensorSpec } from '@nano-emox/tensor-contract';
import type { DecoderConfig } from '../config/decoder-config';
import { behindVisible, branchedCausalBias } from './attention-bias';
import { decode, embedTokens, languageModelHead } from './decoder';
import type { KeyValues, LayerContext } from './decoder-layer';
import { isRedundantWeight } from './decoder-module';
import { attendBehindCache, freshRows, headCacheFeedback, headCacheSpecs } from './head-cache';
import { carriedSpecs, layerAttention } from './layer-attention';
import { rotationAt } from './rotary';

/** Name of the kinds of the tokens so far, which a decoder with an attention extension keeps. */
const KINDS = 'kinds';

/**
 * What a decoder with an attention extension keeps, by name: `N.key`, `N.value`, what the extension carries, and the kinds it reads.
 * All of it is replaced by each run, since the extension may change what was kept before.
 */
function extendedSpecs(config: DecoderConfig, extension: AttentionExtension | undefined, timeAxis: string) {
  const keyValue = f32('batch', 'keyHeads', timeAxis, 'headDim');
  const perLayer = { key: keyValue, value: keyValue, ...carriedSpecs(config, extension) };
  const layers = Array.from({ length: config.layers }, (_, layer) =>
    Object.entries(perLayer).map(([name, spec]) => [`${layer}.${name}`, spec] as const),
  );
  return { ...Object.fromEntries<TensorSpec>(layers.flat()), [KINDS]: i64('batch', timeAxis) };
}

const withPrefix = <T>(prefix: string, entries: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [`${prefix}.${name}`, entry]));

/** Tensors that a run reads of the runs before. */
const pastSpecs = (config: DecoderConfig, extension: AttentionExtension | undefined): Record<string, TensorSpec> =>
  withPrefix('past', config.attention ? extendedSpecs(config, extension, 'past') : headCacheSpecs(config, 'past'));

/** Tensors that a run leaves for the next. */
const keptSpecs = (config: DecoderConfig, extension: AttentionExtension | undefined): Record<string, TensorSpec> =>
  config.attention
    ? withPrefix('present', extendedSpecs(config, extension, 'total'))
    : withPrefix('fresh', headCacheSpecs(config, 'time'));

/** How the outputs of the generation graph become its next inputs. */
export function cacheFeedback(config: DecoderConfig, extension?: AttentionExtension): Feedback {
  if (!config.attention) return headCacheFeedback(config);
  const names = Object.keys(extendedSpecs(config, extension, 'past'));
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
  return Object.fromEntries(Object.entries(pastSpecs(config, extension)).map(([name, spec]) => [name, empty(spec)]));
}

/** What each layer of a decoder with an attention extension kept in the run before. */
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

/** Bias and attention of a run, and how its outputs are named. */
interface Memory extends Pick<LayerContext, 'bias' | 'attend'> {
  kept(presents: readonly KeyValues[]): Record<string, Value>;
}

function plainMemory(inputs: Values, config: DecoderConfig): Memory {
  return {
    bias: branchedCausalBias(inputs.branch as Value),
    attend: attendBehindCache(inputs, config),
    kept: (presents) => freshRows(presents, config),
  };
}

function extendedMemory(
  inputs: Values,
  config: DecoderConfig,
  weights: WeightScope,
  extension: AttentionExtension | undefined,
): Memory {
  const kinds = inputs.kinds as Value;
  const keyKinds = concat([inputs[`past.${KINDS}`] as Value, kinds], 1); // [batch, past + time]
  const past = (inputs['past.0.key'] as Value).shape[2] as Dim;
  const pasts = readPasts(inputs, config, Object.keys(carriedSpecs(config, extension)));
  return {
    bias: behindVisible(branchedCausalBias(inputs.branch as Value), past),
    attend: layerAttention(config, extension, weights, () => ({ kinds, keyKinds }), pasts),
    kept: (presents) => {
      const layers = presents.map(({ carried, ...keyValues }, layer) =>
        withPrefix(`present.${layer}`, { ...keyValues, ...carried }),
      );
      return Object.assign({ [`present.${KINDS}`]: keyKinds }, ...layers);
    },
  };
}

/** The generation graph with an attention extension, for configurations that have one; see {@link generationModule}. */
export const generationModuleWith = (
  extension: AttentionExtension | undefined,
): NetworkModule<DecoderConfig, string, string> => ({
  name: 'Decoder',
  inputs: (config) => {
    const batch = config.attention ? 'batch' : 1;
    return {
      inputIds: i64(batch, 'time'),
      spliceIndex: i64(batch, 'time'),
      positions: i64(batch, 'time'),
      branch: i64(batch, 'time'),
      softTokens: f32(batch, 'soft', 'hidden'),
      rows: i64('rows'),
      ...(config.attention && { kinds: i64(batch, 'time') }),
      ...pastSpecs(config, extension),
    };
  },
  outputs: (config) => ({ logits: f32('rows', 'vocabSize'), ...keptSpecs(config, extension) }),
  forward(inputs, weights, config) {
    const named = (name: string): Value => inputs[name] as Value;
    const memory = config.attention ? extendedMemory(inputs, config, weights, extension) : plainMemory(inputs, config);
    const context = { rotation: rotationAt(named('positions'), config), bias: memory.bias, attend: memory.attend };
    const tokens = { inputIds: named('inputIds'), spliceIndex: named('spliceIndex'), softTokens: named('softTokens') };
    const { hidden, presents } = decode(embedTokens(tokens, weights, config), weights, config, context);
    const logits = languageModelHead(gather(flattenRows(hidden), named('rows')), weights, config); // [rows, vocabSize]
    return { logits, ...memory.kept(presents) };
  },
  ignores: isRedundantWeight,
});

/**
 * The decoder with an explicit key-value cache, for one sequence: one graph reads a prompt (no past), adds a token (a past, one new
 * token) and scores several continuations of one prompt at once (`branch`). Logits are computed only for the `rows` asked for.
 *
 * Inputs: `inputIds`, `spliceIndex`, `positions`, `branch` int64 `[1, time]`; `softTokens` `[1, soft, hidden]`; `rows` int64 `[rows]`;
 * `past.N.key.H`, `past.N.value.H` `[past, headDim]` of layer N and key head H.
 * Outputs: `logits` `[rows, vocabSize]`; `fresh.N.key.H`, `fresh.N.value.H` `[time, headDim]`, to be put behind the past.
 *
 * A configuration with an attention extension has a batch, the inputs `kinds` `[batch, time]`, `past.kinds` `[batch, past]`,
 * `past.N.key`, `past.N.value` `[batch, keyHeads, past, headDim]` and what the extension carries, and the outputs `present.…` of the
 * same names, which replace them; `rows` are `sample · time + column`.
 */
export const generationModule = defineModule(generationModuleWith(undefined));
