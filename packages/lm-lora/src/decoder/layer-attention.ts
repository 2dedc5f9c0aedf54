import type { AttentionExtension, AttentionParts, AttentionReading, Value, WeightScope } from '@nano-emox/engine';
import { InvalidConfigError, type TensorSpec } from '@nano-emox/tensor-contract';
import { type DecoderConfig, type DecoderConfigInput, resolveDecoderConfig } from '../config/decoder-config';

/** The attention of the layers of one run, which knows the kinds of its tokens already. */
export type LayerAttention = (parts: Omit<AttentionParts, 'kinds' | 'keyKinds'>) => AttentionReading;

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

/** What the layers of one run call; `undefined` for plain attention. `weights` is the root of the decoder. @throws InvalidConfigError */
export function layerAttention(
  config: DecoderConfig,
  extension: AttentionExtension | undefined,
  weights: WeightScope,
  kinds: () => RunKinds,
): LayerAttention | undefined {
  const found = settingsOf(config, extension);
  if (!found) return undefined;
  const runKinds = kinds();
  return (parts) => found.extension.attend({ ...parts, ...runKinds }, weights, found.settings);
}
