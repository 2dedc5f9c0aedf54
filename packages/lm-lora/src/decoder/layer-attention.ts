import {
  type AttentionExtension,
  type AttentionParts,
  mixValues,
  plainAttention,
  type Value,
  type WeightScope,
} from '@nano-emox/engine';
import { InvalidConfigError, type TensorSpec } from '@nano-emox/tensor-contract';
import { type DecoderConfig, type DecoderConfigInput, resolveDecoderConfig } from '../config/decoder-config';
import type { KeyValues } from './decoder-layer';

/** What a layer says of the tokens of a run. */
export type LayerParts = Pick<AttentionParts, 'layer' | 'query' | 'key' | 'value' | 'bias'>;

/** What a layer heard, `[batch, heads, time, headDim]`, and what it has to keep for later tokens. */
export interface LayerReading {
  readonly heard: Value;
  readonly present: KeyValues;
}

/** The attention of the layers of one run, which knows the tokens before it and the kinds of all of them. */
export type LayerAttention = (parts: LayerParts) => LayerReading;

/** Plain attention over the tokens of the run alone. */
export function attendWhole(parts: LayerParts): LayerReading {
  const { weights, ...present } = plainAttention(parts);
  return { heard: mixValues(weights, present.value), present };
}

/** Kinds of the tokens of a run, and of all tokens so far; equal when sequences are read whole. */
export interface RunKinds {
  readonly kinds: Value;
  readonly keyKinds: Value;
}

/**
 * The settings of `extension` in a configuration, resolved; `undefined` for a decoder with plain attention, to which an extension
 * makes no difference.
 * @throws InvalidConfigError when the configuration wants an extension that was not given
 */
function settingsOf(config: DecoderConfig, extension: AttentionExtension | undefined) {
  if (!config.attention) return undefined;
  const { type } = config.attention;
  if (extension?.type === type) return { extension, settings: extension.resolveConfig(config.attention, config) };
  throw new InvalidConfigError({
    message: `decoder: config.attention is of type ${type}, but ${extension ? `an extension of type ${extension.type}` : 'no extension'} was given`,
    hint: `Give the extension ${type} as the option attention, or remove config.attention and its weights.`,
    field: 'attention',
  });
}

/** As `resolveDecoderConfig`, the settings of the attention included. @throws InvalidConfigError */
export function resolveExtendedConfig(config: DecoderConfigInput, extension?: AttentionExtension): DecoderConfig {
  const resolved = resolveDecoderConfig(config);
  const found = settingsOf(resolved, extension);
  return found ? { ...resolved, attention: found.settings } : resolved;
}

/** Tensors of fixed size that every layer keeps besides keys and values. @throws InvalidConfigError */
export function carriedSpecs(
  config: DecoderConfig,
  extension?: AttentionExtension,
): Readonly<Record<string, TensorSpec>> {
  const found = settingsOf(config, extension);
  return found ? found.extension.carried(found.settings, config) : {};
}

/**
 * What the layers of one run call where the configuration has an extension; `undefined` for plain attention. `weights` is the root
 * of the decoder, `pasts` what each layer kept in the run before.
 * @throws InvalidConfigError
 */
export function layerAttention(
  config: DecoderConfig,
  extension: AttentionExtension | undefined,
  weights: WeightScope,
  kinds: () => RunKinds,
  pasts: readonly KeyValues[] = [],
): LayerAttention | undefined {
  const found = settingsOf(config, extension);
  if (!found) return undefined;
  const runKinds = kinds();
  return (parts) => {
    const past = pasts[parts.layer];
    const all = { ...parts, ...runKinds, past, carried: past?.carried };
    const { weights: shares, ...present } = found.extension.attend(all, weights, found.settings);
    return { heard: mixValues(shares, present.value), present };
  };
}
